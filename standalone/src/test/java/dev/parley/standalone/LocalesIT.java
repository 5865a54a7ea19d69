package dev.parley.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The executable jar starts, answers and stops in any locale and time zone. */
class LocalesIT {

    /** In Turkish the upper case of i is not I; in Egypt digits are not 0 to 9; Nepal is 5:45 ahead of UTC. */
    @ParameterizedTest
    @CsvSource({"tr, TR, Europe/Istanbul", "ar, EG, Asia/Kathmandu"})
    void it_starts_answers_and_stops(String language, String country, String timeZone, @TempDir Path folder)
            throws Exception {
        Instant begin = Instant.now();
        try (var parley = StandaloneProcess.start(
                folder,
                Map.of("PARLEY_ENGINE_DRAIN_TIMEOUT", "1s"),
                "-Duser.language=" + language,
                "-Duser.country=" + country,
                "-Duser.timezone=" + timeZone)) {
            assertThat(parley.output())
                    .containsPattern("Parley is ready \\([0-9]+\\.[0-9] s\\)")
                    .containsPattern("Chat +http://localhost:[0-9]+/")
                    .containsPattern("Kafka +127\\.0\\.0\\.1:[0-9]+")
                    .containsPattern("Store +mongodb://127\\.0\\.0\\.1:[0-9]+/parley");
            try (var browser = new Browser(parley.address(), "ada")) {
                browser.ask("s1", "m1", "INIT: what is a log?");
                List<JsonNode> events = browser.untilEnd("m1");
                assertThat(events.getLast().path("type").asString()).isEqualTo("stream_complete");
                JsonNode stored = browser.history("s1", 2).getFirst();
                assertThat(stored.path("content").asString()).isEqualTo("INIT: what is a log?");
                assertUtc(stored.path("created_at"), begin);

                browser.ask("s1", "m2", "/script {\"chunks\":100000,\"rate\":50}");
                browser.until("content_chunk", "m2");
                parley.terminate();
            }
            assertThat(parley.output())
                    .as(
                            "what a shutdown waits for, and no warning of the JDK about native libraries or sun.misc.Unsafe")
                    .contains("Shutdown waits for 1 running answer(s), 1 s at most (parley.engine.drain-timeout)")
                    .doesNotContain("WARNING:");
        }
    }

    /** Checks that it is RFC 3339, in UTC, and the present time. */
    private static void assertUtc(JsonNode time, Instant begin) {
        assertThat(time.asString()).matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z");
        assertThat(Instant.parse(time.asString()))
                .isBetween(begin.minus(Duration.ofSeconds(1)), Instant.now().plus(Duration.ofSeconds(1)));
    }
}
