package dev.parley.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A conversation is there after whatever end of the process, with the executable jar in a process of its own. */
class StandaloneRestartIT {

    @TempDir
    Path folder;

    @Test
    void conversations_outlive_a_clean_end_and_a_kill() throws Exception {
        List<JsonNode> first;
        try (var parley = start();
                var browser = new Browser(parley.address(), "ada")) {
            browser.ask("s", "m1", script("chunks", 40));
            first = browser.untilEnd("m1");
            browser.history("s", 2);
            parley.terminate();
        }
        assertWhole(first);

        List<JsonNode> second;
        try (var parley = start();
                var browser = new Browser(parley.address(), "ada")) {
            assertThat(browser.history("s", 2).get(1).path("content").asString())
                    .isEqualTo(text(first));
            browser.ask("s", "m2", script("chunks", 60));
            second = browser.untilEnd("m2");
            parley.kill();
        }
        assertWhole(second);

        try (var parley = start();
                var browser = new Browser(parley.address(), "ada")) {
            assertThat(browser.history("s", 4))
                    .extracting(message -> message.path("role").asString() + " "
                            + message.path("content").asString())
                    .containsExactly(
                            "user " + script("chunks", 40),
                            "assistant " + text(first),
                            "user " + script("chunks", 60),
                            "assistant " + text(second));
        }
    }

    private StandaloneProcess start() throws IOException, InterruptedException {
        return StandaloneProcess.start(folder, Map.of());
    }

    private static String script(String name, int value) {
        return "/script {\"" + name + "\":" + value + ",\"rate\":400,\"seed\":7}";
    }

    private static void assertWhole(List<JsonNode> events) throws NoSuchAlgorithmException {
        assertThat(events)
                .extracting(event -> event.at("/data/seq").asLong())
                .containsExactlyElementsOf(
                        LongStream.range(0, events.size()).boxed().toList());
        JsonNode end = events.getLast().path("data");
        assertThat(end.path("full_content").asString()).isEqualTo(text(events)).isNotEmpty();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text(events).getBytes(StandardCharsets.UTF_8));
        assertThat(end.path("content_sha256").asString())
                .isEqualTo(HexFormat.of().formatHex(digest));
    }

    private static String text(List<JsonNode> events) {
        return events.stream()
                .map(event -> event.at("/data/content").asString(""))
                .collect(Collectors.joining());
    }
}
