package dev.parley.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.MetricsPage;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the README promises of its first command, with the executable jar in a process of its own. */
class StandaloneIT {

    @TempDir
    static Path folder;

    private static StandaloneProcess parley;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        parley = StandaloneProcess.start(folder, Map.of());
    }

    @AfterAll
    static void end() throws InterruptedException {
        parley.terminate();
    }

    @Test
    void an_answer_that_is_stopped_midway_keeps_its_text() throws Exception {
        try (var browser = new Browser(parley.address(), "ada")) {
            browser.ask("stops", "stopped", "/script {\"chunks\":100000,\"rate\":50}");
            var events = browser.until("content_chunk", "stopped");
            browser.stop("stops", "stopped");
            events.addAll(browser.untilEnd("stopped"));

            assertThat(events.getLast().path("type").asString()).isEqualTo("generation_stopped");
            assertThat(events.getLast().at("/data/partial_content").asString()).isEqualTo(text(events));
            assertAnswer(browser.history("stops", 2), "stopped", text(events));
        }
    }

    @Test
    void an_answer_that_fails_keeps_its_text() throws Exception {
        try (var browser = new Browser(parley.address(), "ada")) {
            browser.ask("fails", "failed", "/script {\"chunks\":40,\"rate\":400,\"fail_at\":20}");
            var events = browser.untilEnd("failed");

            assertThat(events.getLast().path("type").asString()).isEqualTo("stream_error");
            assertThat(text(events)).isNotEmpty();
            assertAnswer(browser.history("fails", 2), "error", text(events));
        }
    }

    @Test
    void a_scrape_has_exactly_the_metrics_that_the_document_lists() throws Exception {
        try (var browser = new Browser(parley.address(), "ada")) {
            browser.ask("measured", "measured", "/script {\"chunks\":20,\"rate\":400}");
            browser.untilEnd("measured");
            browser.history("measured", 2);
        }
        try (var http = HttpClient.newHttpClient()) {
            var scrape = http.send(
                            HttpRequest.newBuilder(parley.address().resolve("/actuator/prometheus"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();

            assertThat(MetricsPage.documented("parley_")).containsAllEntriesOf(MetricsPage.scraped(scrape, "parley_"));
            assertThat(scrape)
                    .contains("parley_engine_tokens_total{kind=\"answer\",provider=\"scripted\"}")
                    .contains(
                            "parley_engine_streams_ended_total{by=\"stream_complete\",code=\"none\",provider=\"scripted\"}")
                    .contains("parley_engine_chunk_gap_seconds_count{provider=\"scripted\"}")
                    .contains("mongodb_driver_commands_seconds_count{")
                    .doesNotContainPattern("parley_[a-z_]+(\\{.*})? NaN")
                    .doesNotContain("\"ada\"");
            for (String client : List.of("parley-gateway-tail", "parley-projection-events")) {
                assertThat(scrape).contains("kafka_consumer_fetch_manager_records_lag_max{client_id=\"" + client);
            }
        }
    }

    @Test
    void the_ready_lines_have_addresses_model_and_data_folder() {
        assertThat(parley.output())
                .contains("Parley is ready")
                .contains("scripted")
                .contains("OPENAI_API_KEY")
                .contains(folder.resolve("data").toString())
                .containsPattern("Kafka +127\\.0\\.0\\.1:\\d+")
                .containsPattern("Store +mongodb://127\\.0\\.0\\.1:\\d+/parley");
    }

    @Test
    void a_successful_start_logs_no_warning() {
        // Another test of this process makes its model fail, which is logged.
        assertThat(parley.output().lines().filter(line -> !line.contains("the script makes the model fail here")))
                .noneMatch(line -> line.contains(" WARN ") || line.contains(" ERROR "));
    }

    /** An older Java cannot load classes of Java 25, so the first class must be compiled for Java 8. */
    @Test
    void the_jar_checks_the_version_of_java_first_and_allows_native_libraries() throws IOException {
        try (var jar = new JarFile(StandaloneProcess.jar().toFile())) {
            var manifest = jar.getManifest().getMainAttributes();
            assertThat(manifest.getValue("Main-Class")).isEqualTo("dev.parley.launcher.Launcher");
            assertThat(jar.getEntry("dev/parley/launcher/Launcher.class")).isNotNull();
            assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
        }
    }

    @Test
    void a_second_start_on_the_same_folder_is_refused_in_one_sentence() throws Exception {
        try (var second = StandaloneProcess.spawn(folder, Map.of())) {
            assertThat(second.awaitEnd()).isEqualTo(1);
            assertThat(second.output()).contains("already in use").doesNotContain("\tat ");
        }
    }

    @Test
    void the_page_loads_nothing_from_other_hosts_and_shows_text_as_text() throws Exception {
        try (var browser = new Browser(parley.address(), "ada")) {
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
                    .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write");
        }
    }

    private static void assertAnswer(List<JsonNode> history, String status, String content) {
        assertThat(history.getLast().path("role").asString()).isEqualTo("assistant");
        assertThat(history.getLast().path("status").asString()).isEqualTo(status);
        assertThat(history.getLast().path("content").asString()).isEqualTo(content);
    }

    private static String text(List<JsonNode> events) {
        return events.stream()
                .map(event -> event.at("/data/content").asString(""))
                .collect(Collectors.joining());
    }
}
