package dev.parley.store.archive;

import dev.parley.schema.id.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What all {@code content_chunk} frames of a stream have in common, so that only the rest is stored. */
final class ChunkShape {

    private static final byte[] CONTENT = utf8(",\"content\":\"");

    private final byte[] head;

    ChunkShape(MessageId message) {
        head = utf8("{\"type\":\"content_chunk\",\"data\":{\"message_id\":\"" + message + "\",\"seq\":");
    }

    /** The rest of a frame: its text, escaped as in JSON, and what follows the text. */
    @SuppressWarnings("ArrayRecordComponent") // not copied: it is made once and written once
    record Parts(byte[] content, byte[] tail) {}

    /** The rest of a frame, or null if it has another shape. */
    @Nullable
    Parts split(byte[] value, long seq) {
        byte[] digits = utf8(Long.toString(seq));
        int start = head.length + digits.length + CONTENT.length;
        if (!isAt(value, 0, head)
                || !isAt(value, head.length, digits)
                || !isAt(value, head.length + digits.length, CONTENT)) {
            return null;
        }
        int end = endOfText(value, start);
        return end < 0
                ? null
                : new Parts(Arrays.copyOfRange(value, start, end), Arrays.copyOfRange(value, end, value.length));
    }

    byte[] join(long seq, byte[] content, byte[] tail) {
        Column frame = new Column();
        frame.raw(head);
        frame.raw(utf8(Long.toString(seq)));
        frame.raw(CONTENT);
        frame.raw(content);
        frame.raw(tail);
        return frame.toBytes();
    }

    private static int endOfText(byte[] value, int start) {
        for (int i = start; i < value.length; i++) {
            if (value[i] == '\\') {
                i++;
            } else if (value[i] == '"') {
                return i;
            }
        }
        return -1;
    }

    private static boolean isAt(byte[] value, int from, byte[] part) {
        return value.length >= from + part.length
                && Arrays.equals(value, from, from + part.length, part, 0, part.length);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
