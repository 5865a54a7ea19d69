package dev.parley.systemtests.client;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A received frame. A test keeps hundreds of thousands, so it holds the bytes only: parsed frames need ten times the memory, and the
 * pauses of the garbage collector would be measured as silence of the gateway.
 *
 * @param type its type
 * @param seq its seq if it is an event of a stream, else -1
 * @param arrivedNanos {@link System#nanoTime()} when it was complete
 */
public record Frame(byte[] bytes, String type, long seq, long arrivedNanos) {

    private static final JsonMapper JSON = new JsonMapper();

    public static Frame of(String text) {
        return of(text, System.nanoTime(), JSON.readTree(text));
    }

    /** @param json the text, parsed */
    static Frame of(String text, long arrivedNanos, JsonNode json) {
        return new Frame(
                text.getBytes(StandardCharsets.UTF_8),
                json.path("type").stringValue().intern(),
                json.path("data").path("seq").asLong(-1),
                arrivedNanos);
    }

    /** Parses it. */
    public JsonNode data() {
        return JSON.readTree(bytes).path("data");
    }

    /** The text of a field of {@code data}, or null if it has none. */
    public @Nullable String text(String field) {
        return text(data(), field);
    }

    static @Nullable String text(JsonNode data, String field) {
        return data.path(field).stringValueOpt().orElse(null);
    }

    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
