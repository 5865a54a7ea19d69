package dev.parley.gateway.history;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.parley.gateway.history.History.Cursor;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.json.FrameCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A conversation with all of its messages, oldest first. */
public record ConversationExport(@JsonUnwrapped ConversationSummary conversation, List<Map<String, Object>> messages) {

    private static final int A_PAGE = 200;

    public ConversationExport {
        messages = List.copyOf(messages);
    }

    /** Empty if there is no such conversation. */
    public static Optional<ConversationExport> of(History history, SessionKey session) {
        return history.conversation(session)
                .map(summary -> new ConversationExport(summary, allMessages(history, session)));
    }

    private static List<Map<String, Object>> allMessages(History history, SessionKey session) {
        List<Map<String, Object>> all = new ArrayList<>();
        Cursor next = null;
        do {
            Page<Map<String, Object>> page =
                    history.messages(session, next, A_PAGE).orElseGet(() -> new Page<>(List.of(), null));
            all.addAll(page.items());
            String cursor = page.nextCursor();
            next = cursor == null ? null : Cursor.parse(cursor);
        } while (next != null);
        return all;
    }

    public String json() {
        return FrameCodec.mapper().writeValueAsString(this);
    }

    /** For people. Answers are Markdown already and stand as they are. */
    public String markdown() {
        StringBuilder text = new StringBuilder("# ")
                .append(conversation.title().replaceAll("\\s+", " "))
                .append("\n\n")
                .append(conversation.createdAt())
                .append(" to ")
                .append(conversation.updatedAt())
                .append('\n');
        for (Map<String, Object> message : messages) {
            boolean answer = "assistant".equals(message.get("role"));
            text.append("\n## ")
                    .append(answer ? "Assistant" : "User")
                    .append(", ")
                    .append(message.get("created_at"));
            if (answer && !"complete".equals(message.get("status"))) {
                text.append(" (").append(message.get("status")).append(')');
            }
            text.append("\n\n").append(message.get("content")).append('\n');
        }
        return text.toString();
    }
}
