package dev.parley.providers.scripted;

import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON after {@code /script }, by which a test determines the answer. All fields are optional.
 *
 * @param chunks number of chunks, 100 by default; 0 is an empty answer
 * @param rate chunks per second, 40 by default
 * @param firstDelayMs time before the first piece
 * @param thinking steps of reasoning before the first chunk, if the request asks for reasoning
 * @param seed of {@link ScriptedText}, 0 by default
 * @param failAt index of the chunk at which the provider fails instead
 * @param hangAt index of the chunk at which the provider stops sending instead
 */
record Script(
        @Nullable Integer chunks,
        @Nullable Double rate,
        @Nullable Long firstDelayMs,
        @Nullable Integer thinking,
        @Nullable Long seed,
        @Nullable Integer failAt,
        @Nullable Integer hangAt) {

    static final String COMMAND = "/script ";

    private static final int MAX_CHUNKS = 100_000;
    private static final int MAX_THINKING = 1_000;
    private static final double MAX_RATE = 100_000;
    private static final double MIN_RATE = 0.01;
    private static final long MAX_DELAY_MS = 600_000;
    private static final Set<String> FIELDS =
            Set.of("chunks", "rate", "first_delay_ms", "thinking", "seed", "fail_at", "hang_at");

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** The result of reading a script. */
    sealed interface Reading {
        record Valid(Script script) implements Reading {}

        /** @param reason for the user, without any text of the JSON */
        record Invalid(String reason) implements Reading {}
    }

    Script {
        check("chunks", chunks, 0, MAX_CHUNKS);
        check("rate", rate, MIN_RATE, MAX_RATE);
        check("first_delay_ms", firstDelayMs, 0, MAX_DELAY_MS);
        check("thinking", thinking, 0, MAX_THINKING);
        check("fail_at", failAt, 0, Integer.MAX_VALUE);
        check("hang_at", hangAt, 0, Integer.MAX_VALUE);
    }

    static Reading read(String json) {
        try {
            JsonNode fields = MAPPER.readTree(json);
            return fields.isObject() ? read(fields) : new Reading.Invalid("a JSON object is required");
        } catch (JacksonException e) {
            return new Reading.Invalid("not well-formed JSON");
        }
    }

    private static Reading read(JsonNode fields) {
        Script script;
        try {
            script = new Script(
                    integer(fields, "chunks"),
                    field(fields, "rate", JsonNode::isNumber, JsonNode::doubleValue),
                    number(fields, "first_delay_ms"),
                    integer(fields, "thinking"),
                    number(fields, "seed"),
                    integer(fields, "fail_at"),
                    integer(fields, "hang_at"));
        } catch (IllegalArgumentException e) {
            return new Reading.Invalid(String.valueOf(e.getMessage()));
        }
        long unknown = fields.propertyNames().stream()
                .filter(name -> !FIELDS.contains(name))
                .count();
        return unknown == 0
                ? new Reading.Valid(script)
                : new Reading.Invalid("unknown " + (unknown == 1 ? "field" : "fields") + " beside "
                        + FIELDS.stream().sorted().collect(Collectors.joining(", ")));
    }

    private static @Nullable Integer integer(JsonNode fields, String name) {
        return field(fields, name, node -> node.isIntegralNumber() && node.canConvertToInt(), JsonNode::intValue);
    }

    private static @Nullable Long number(JsonNode fields, String name) {
        return field(fields, name, node -> node.isIntegralNumber() && node.canConvertToLong(), JsonNode::longValue);
    }

    /** Null if the field is absent or null. */
    private static <T extends Number> @Nullable T field(
            JsonNode fields, String name, Predicate<JsonNode> isOfType, Function<JsonNode, T> value) {
        JsonNode node = fields.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!isOfType.test(node)) {
            throw new IllegalArgumentException(name + ": missing or of the wrong type");
        }
        return value.apply(node);
    }

    AnswerPlan plan(boolean reasoning) {
        long seedOrZero = Objects.requireNonNullElse(seed, 0L);
        int steps = reasoning ? Objects.requireNonNullElse(thinking, 0) : 0;
        return new AnswerPlan(
                IntStream.rangeClosed(1, steps)
                        .mapToObj(step -> ScriptedText.thinking(seedOrZero, step))
                        .toList(),
                Objects.requireNonNullElse(chunks, 100),
                number -> ScriptedText.chunk(seedOrZero, number),
                Objects.requireNonNullElse(rate, AnswerPlan.DEFAULT_RATE),
                Objects.requireNonNullElse(firstDelayMs, 0L),
                Objects.requireNonNullElse(failAt, AnswerPlan.NEVER),
                Objects.requireNonNullElse(hangAt, AnswerPlan.NEVER));
    }

    private static void check(String name, @Nullable Number value, double min, double max) {
        if (value != null && !(value.doubleValue() >= min && value.doubleValue() <= max)) {
            throw new IllegalArgumentException(name + " is out of bounds");
        }
    }
}
