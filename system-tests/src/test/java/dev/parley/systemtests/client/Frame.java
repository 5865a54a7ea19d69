package dev.parley.systemtests.client;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A frame as it came.
 *
 * @param arrivedNanos {@link System#nanoTime()} when it was complete
 */
public record Frame(byte[] bytes, JsonNode json, long arrivedNanos) {

    private static final JsonMapper JSON = new JsonMapper();

    public static Frame of(String text) {
        return new Frame(text.getBytes(StandardCharsets.UTF_8), JSON.readTree(text), System.nanoTime());
    }

    public String type() {
        return json.path("type").stringValue();
    }

    public JsonNode data() {
        return json.path("data");
    }

    /** The text of a field of {@code data}, or null if it has none. */
    public @Nullable String text(String field) {
        return data().path(field).stringValueOpt().orElse(null);
    }

    /** Its seq if it is an event of a stream, else -1. */
    public long seq() {
        return data().path("seq").asLong(-1);
    }

    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
