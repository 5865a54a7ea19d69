package dev.parley.gateway.history;

import dev.parley.gateway.history.History.Cursor;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.json.FrameCodec;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with all of its messages, oldest first. It is written page by page, so that of however long a conversation only a few
 * answers are in memory. What is written when reading fails is not closed: nobody takes it for the whole.
 */
public final class ConversationExport {

    private static final int A_PAGE = 20;

    private final ConversationSummary conversation;
    private final Pages pages;

    /** Where the messages come from. */
    interface Pages {

        /** @param last where the page before ended, null for the first one */
        Page<Map<String, Object>> after(@Nullable Cursor last);
    }

    ConversationExport(ConversationSummary conversation, Pages pages) {
        this.conversation = conversation;
        this.pages = pages;
    }

    /** Empty if there is no such conversation. */
    public static Optional<ConversationExport> of(Conversations conversations, SessionKey session) {
        return conversations
                .one(session)
                .map(summary -> new ConversationExport(
                        summary,
                        last -> conversations
                                .messages(session, last, A_PAGE)
                                .orElseGet(() -> new Page<>(List.of(), null))));
    }

    /** As one JSON object: the conversation's fields and {@code messages}. */
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
     * For people. Each message is a heading of the second level and its text; one whose text could be mistaken for a part of the document is
     * quoted.
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

    private void forEachMessage(Sink sink) throws IOException {
        String next = null;
        do {
            Page<Map<String, Object>> page = pages.after(next == null ? null : Cursor.parse(next));
            for (Map<String, Object> message : page.items()) {
                sink.take(message);
            }
            next = page.nextCursor();
        } while (next != null);
    }

    private interface Sink {
        void take(Map<String, Object> message) throws IOException;
    }
}
