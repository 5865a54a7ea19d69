package dev.parley.gateway.history;

import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** A turn's document as the two messages that clients see. */
final class TurnMessages {

    private static final List<String> OF_ANSWERS =
            List.of("thinking", "emotion", "context", "metadata", "error", "reason");

    private TurnMessages() {}

    /** What the user said, then what was answered, as far as it got. */
    static List<Map<String, Object>> of(Document turn) {
        List<Map<String, Object>> both = new ArrayList<>();
        both.add(userMessage(turn));
        if (turn.get("ai_message_id") != null) {
            both.add(answer(turn));
        }
        return both;
    }

    private static Map<String, Object> userMessage(Document turn) {
        Map<String, Object> message = new LinkedHashMap<>();
        copy(turn, "message_id", message, "message_id");
        message.put("role", "user");
        copy(turn, "message", message, "content");
        message.put("status", "complete");
        copy(turn, turn.get("asked_at") == null ? "created_at" : "asked_at", message, "created_at");
        return message;
    }

    private static Map<String, Object> answer(Document turn) {
        Map<String, Object> message = new LinkedHashMap<>();
        copy(turn, "message_id", message, "message_id");
        message.put("role", "assistant");
        message.put("content", turn.get("content") instanceof String text ? text : "");
        copy(turn, "status", message, "status");
        copy(turn, "created_at", message, "created_at");
        copy(turn, "ai_message_id", message, "ai_message_id");
        OF_ANSWERS.forEach(field -> copy(turn, field, message, field));
        return message;
    }

    private static void copy(Document from, String field, Map<String, Object> to, String name) {
        Object value = plain(from.get(field));
        if (value != null) {
            to.put(name, value);
        }
    }

    /** Times become what the codec writes as RFC 3339. */
    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Date date -> date.toInstant();
            case Map<?, ?> map -> {
                Map<String, Object> copy = new LinkedHashMap<>();
                map.forEach((name, each) -> {
                    Object plain = plain(each);
                    if (plain != null) {
                        copy.put(String.valueOf(name), plain);
                    }
                });
                yield copy;
            }
            case List<?> list -> list.stream().map(TurnMessages::plain).toList();
            default -> value;
        };
    }
}
