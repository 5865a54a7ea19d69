package dev.parley.providers.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes the JSON of services. Unknown fields are ignored. */
public final class Json {

    /** Small enough for a sum of several. */
    private static final double MAX_COUNT = 1e15;

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    /** Reads a text of a service. A missing node if it is not JSON. */
    static JsonNode readOrMissing(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            return MAPPER.missingNode();
        }
    }

    /** Reads the body of an error. A missing node if it is not JSON; bytes that are not UTF-8 become U+FFFD. */
    public static JsonNode readOrMissing(byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            return readOrMissing(new String(bytes, UTF_8));
        }
    }

    public static byte[] write(JsonNode json) {
        return MAPPER.writeValueAsBytes(json);
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** The count in a field: 0 if the field is absent, -1 if it is anything but a whole number of at least 0. */
    public static long count(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        double number = value.isNumber() ? value.asDouble(-1) : -1;
        return number >= 0 && number <= MAX_COUNT && number == Math.rint(number) ? (long) number : -1;
    }

    /** The sum of counts; -1 if one of them is -1. */
    public static long sum(long... counts) {
        long sum = 0;
        for (long count : counts) {
            if (count < 0) {
                return -1;
            }
            sum += count;
        }
        return sum;
    }

    /** The text of a field; empty if it is absent, null or not a text. */
    public static String text(JsonNode object, String field) {
        return object.path(field).asString("");
    }
}
