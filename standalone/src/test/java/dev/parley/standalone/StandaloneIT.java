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

/** What the README's first command promises, with the executable jar in a process of its own. */
class StandaloneIT {

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

    @Test
    void an_answer_is_stopped_midway_and_a_failed_one_keeps_its_text() throws Exception {
        try (var parley = start();
                var browser = new Browser(parley.address(), "ada")) {
            browser.ask("s", "stopped", "/script {\"chunks\":100000,\"rate\":50}");
            var events = browser.until("content_chunk", "stopped");
            browser.stop("s", "stopped");
            events.addAll(browser.untilEnd("stopped"));
            assertThat(events.getLast().path("type").asString()).isEqualTo("generation_stopped");
            assertThat(events.getLast().at("/data/partial_content").asString()).isEqualTo(text(events));

            browser.ask("s", "failed", "/script {\"chunks\":40,\"rate\":400,\"fail_at\":20}");
            var failed = browser.untilEnd("failed");
            assertThat(failed.getLast().path("type").asString()).isEqualTo("stream_error");
            assertThat(text(failed)).isNotEmpty();

            assertThat(browser.history("s", 4))
                    .filteredOn(message -> message.path("role").asString().equals("assistant"))
                    .extracting(message -> message.path("status").asString() + " "
                            + message.path("content").asString())
                    .containsExactly("stopped " + text(events), "error " + text(failed));
        }
    }

    @Test
    void the_ready_lines_say_all_that_a_newcomer_needs_and_nothing_else_is_printed() throws Exception {
        try (var parley = start()) {
            assertThat(parley.output())
                    .contains("Parley is ready")
                    .contains("scripted")
                    .contains("OPENAI_API_KEY")
                    .contains(folder.resolve("data").toString())
                    .containsPattern("Kafka +127\\.0\\.0\\.1:\\d+")
                    .containsPattern("Store +mongodb://127\\.0\\.0\\.1:\\d+/parley");
            assertThat(parley.output().lines().filter(line -> line.contains(" WARN ") || line.contains(" ERROR ")))
                    .isEmpty();
        }
    }

    @Test
    void a_second_start_on_the_same_folder_is_refused_in_a_sentence() throws Exception {
        try (var _ = start();
                var second = StandaloneProcess.spawn(folder, Map.of())) {
            assertThat(second.awaitEnd()).isEqualTo(1);
            assertThat(second.output()).contains("already in use").doesNotContain("\tat ");
        }
    }

    @Test
    void the_page_may_load_nothing_from_elsewhere() throws Exception {
        try (var parley = start();
                var browser = new Browser(parley.address(), "ada")) {
            var page = browser.get("/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("chat.js").doesNotContain("//");
            assertThat(page.headers().firstValue("Content-Security-Policy"))
                    .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'self'"));
            for (String file : List.of("/chat.js", "/markdown.js", "/style.css", "/icon.svg")) {
                assertThat(browser.get(file).statusCode()).as(file).isEqualTo(200);
            }
            assertThat(browser.get("/chat.js").body()
                            + browser.get("/markdown.js").body())
                    .doesNotContain("innerHTML")
                    .doesNotContain("insertAdjacentHTML");
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
