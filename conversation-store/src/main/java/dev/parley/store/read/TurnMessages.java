package dev.parley.store.read;

import dev.parley.store.document.Fields;
import dev.parley.store.document.TurnStatus;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** A turn's document as the two messages that clients see. */
final class TurnMessages {

    private static final String ROLE = "role";

    private static final List<String> ANSWER_FIELDS =
            List.of(Fields.THINKING, Fields.EMOTION, Fields.CONTEXT, Fields.METADATA, Fields.ERROR, Fields.REASON);

    private TurnMessages() {}

    /** The user's message, and the answer so far if it has begun. */
    static List<Map<String, Object>> of(Document turn) {
        List<Map<String, Object>> both = new ArrayList<>();
        both.add(userMessage(turn));
        if (turn.get(Fields.AI_MESSAGE_ID) != null) {
            both.add(answer(turn));
        }
        return both;
    }

    private static Map<String, Object> userMessage(Document turn) {
        Map<String, Object> message = new LinkedHashMap<>();
        copy(turn, Fields.MESSAGE_ID, message, Fields.MESSAGE_ID);
        message.put(ROLE, "user");
        copy(turn, Fields.MESSAGE, message, Fields.CONTENT);
        message.put(Fields.STATUS, TurnStatus.COMPLETE.value());
        copy(turn, turn.get(Fields.ASKED_AT) == null ? Fields.CREATED_AT : Fields.ASKED_AT, message, Fields.CREATED_AT);
        return message;
    }

    private static Map<String, Object> answer(Document turn) {
        Map<String, Object> message = new LinkedHashMap<>();
        copy(turn, Fields.MESSAGE_ID, message, Fields.MESSAGE_ID);
        message.put(ROLE, "assistant");
        message.put(Fields.CONTENT, turn.get(Fields.CONTENT) instanceof String text ? text : "");
        copy(turn, Fields.STATUS, message, Fields.STATUS);
        copy(turn, Fields.CREATED_AT, message, Fields.CREATED_AT);
        copy(turn, Fields.AI_MESSAGE_ID, message, Fields.AI_MESSAGE_ID);
        ANSWER_FIELDS.forEach(field -> copy(turn, field, message, field));
        return message;
    }

    private static void copy(Document from, String field, Map<String, Object> to, String name) {
        Object value = plain(from.get(field));
        if (value != null) {
            to.put(name, value);
        }
    }

    /** Times as the types that the codec writes as RFC 3339. */
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
