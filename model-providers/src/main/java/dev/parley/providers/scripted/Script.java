package dev.parley.providers.scripted;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The JSON after {@code /script }: how a test wants to be answered. All of it is optional.
 *
 * @param chunks how many, 100 by default; 0 is an empty answer
 * @param rate chunks a second, 40 by default
 * @param firstDelayMs how long nothing comes at first
 * @param thinking steps of reasoning before the first chunk, if the request wants reasoning at all
 * @param seed of {@link ScriptedText}, 0 by default
 * @param failAt number of the chunk (from 0) instead of which the provider fails
 * @param hangAt number of the chunk instead of which nothing more comes
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
    private static final Set<String> FIELDS = Arrays.stream(Script.class.getRecordComponents())
            .map(RecordComponent::getName)
            .map(name -> name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());

    Script {
        check("chunks", chunks, 0, MAX_CHUNKS);
        check("rate", rate, MIN_RATE, MAX_RATE);
        check("first_delay_ms", firstDelayMs, 0, MAX_DELAY_MS);
        check("thinking", thinking, 0, MAX_THINKING);
        check("fail_at", failAt, 0, Integer.MAX_VALUE);
        check("hang_at", hangAt, 0, Integer.MAX_VALUE);
    }

    /** Reads the JSON. What is wrong with it is told in words that a tester can use. */
    static Decoded<Script> read(String json) {
        byte[] utf8 = json.getBytes(UTF_8);
        Decoded<Script> decoded = FrameCodec.decodeData(utf8, Script.class);
        if (!(decoded instanceof Decoded.Ok<Script>)) {
            return decoded;
        }
        List<String> unknown = FrameCodec.mapper().readTree(utf8).propertyNames().stream()
                .filter(name -> !FIELDS.contains(name))
                .toList();
        return unknown.isEmpty()
                ? decoded
                : new Decoded.Malformed<>("unknown " + (unknown.size() == 1 ? "field" : "fields") + " beside "
                        + FIELDS.stream().sorted().collect(Collectors.joining(", ")));
    }

    Performance performance(boolean reasoning) {
        long seedOrZero = Objects.requireNonNullElse(seed, 0L);
        int steps = reasoning ? Objects.requireNonNullElse(thinking, 0) : 0;
        return new Performance(
                IntStream.rangeClosed(1, steps)
                        .mapToObj(step -> ScriptedText.thinking(seedOrZero, step))
                        .toList(),
                Objects.requireNonNullElse(chunks, 100),
                number -> ScriptedText.chunk(seedOrZero, number),
                Objects.requireNonNullElse(rate, Performance.DEFAULT_RATE),
                Objects.requireNonNullElse(firstDelayMs, 0L),
                Objects.requireNonNullElse(failAt, Performance.NEVER),
                Objects.requireNonNullElse(hangAt, Performance.NEVER));
    }

    private static void check(String name, @Nullable Number value, double min, double max) {
        if (value != null && !(value.doubleValue() >= min && value.doubleValue() <= max)) {
            throw new IllegalArgumentException(name + " is out of bounds");
        }
    }
}
