package dev.parley.store.export;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.json.FrameCodec;
import dev.parley.store.read.ConversationSummary;
import dev.parley.store.read.Cursor;
import dev.parley.store.read.Page;
import dev.parley.store.read.StoredHistory;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with all of its messages, oldest first. It is written page by page, so only a few answers are in memory however long it is. If
 * reading fails, the JSON that was written is not closed, so that it is not taken for the whole conversation.
 */
public final class ConversationExport {

    private static final int PAGE_MESSAGES = 20;

    private final ConversationSummary conversation;
    private final Messages messages;

    /** The messages of the conversation. */
    public interface Messages {

        /** @param after where the previous page ended, null for the first one */
        Page<Map<String, Object>> page(@Nullable Cursor after, int limit);
    }

    public ConversationExport(ConversationSummary conversation, Messages messages) {
        this.conversation = conversation;
        this.messages = messages;
    }

    /** Empty if there is no such conversation. */
    public static Optional<ConversationExport> of(StoredHistory history, SessionKey session) {
        return history.conversations()
                .find(session)
                .map(summary -> new ConversationExport(
                        summary,
                        (after, limit) ->
                                history.turns().messages(session, after, limit).orElseGet(Page::empty)));
    }

    /** Writes one JSON object: the conversation's fields and {@code messages}. */
    public void json(Writer out) throws IOException {
        String fields = FrameCodec.mapper().writeValueAsString(conversation);
        out.append(fields, 0, fields.length() - 1).append(",\"messages\":[");
        String[] separator = {""};
        forEachMessage(message -> {
            out.append(separator[0]).append(FrameCodec.mapper().writeValueAsString(message));
            separator[0] = ",";
        });
        out.append("]}");
    }

    /**
     * Writes a document for people. Each message is a heading of the second level and its text; a text that could be mistaken for a part of the
     * document is quoted.
     */
    public void markdown(Writer out) throws IOException {
        out.append("# ")
                .append(MarkdownText.line(conversation.title()))
                .append("\n\n")
                .append(conversation.createdAt().toString())
                .append(" to ")
                .append(conversation.updatedAt().toString())
                .append('\n');
        forEachMessage(message -> markdown(message, out));
    }

    private static void markdown(Map<String, Object> message, Writer out) throws IOException {
        boolean answer = "assistant".equals(message.get("role"));
        out.append("\n## ")
                .append(answer ? "Assistant" : "User")
                .append(", ")
                .append(String.valueOf(message.get("created_at")));
        if (answer && !"complete".equals(message.get("status"))) {
            out.append(" (").append(String.valueOf(message.get("status"))).append(')');
        }
        out.append("\n\n")
                .append(MarkdownText.block(String.valueOf(message.get("content"))))
                .append('\n');
    }

    private void forEachMessage(MessageWriter writer) throws IOException {
        String next = null;
        do {
            Page<Map<String, Object>> page = messages.page(next == null ? null : Cursor.parse(next), PAGE_MESSAGES);
            for (Map<String, Object> message : page.items()) {
                writer.write(message);
            }
            next = page.nextCursor();
        } while (next != null);
    }

    private interface MessageWriter {
        void write(Map<String, Object> message) throws IOException;
    }
}
