package dev.parley.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A data folder of an older version is served unchanged, and its users can continue to chat. Kafka deletes records after a week, so once
 * the folder is old enough, history and audits come from the store and the archive.
 */
class OlderDataFolderIT {

    private static final String FOLDER = "/data-folders/2026-11-29";
    private static final String SHORT = "/script {\"chunks\":5,\"rate\":400}";

    @TempDir
    static Path folder;

    private static StandaloneProcess parley;
    private static List<JsonNode> users;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        unpack(FOLDER + ".zip", folder);
        try (InputStream expected = resource(FOLDER + ".json")) {
            users = JsonMapper.shared().readTree(expected).valueStream().toList();
        }
        parley = StandaloneProcess.start(folder, Map.of());
    }

    @AfterAll
    static void end() throws InterruptedException {
        parley.terminate();
    }

    @Test
    void conversations_messages_and_audits_are_unchanged() throws Exception {
        assertThat(users).hasSize(2);
        for (JsonNode user : users) {
            try (var browser = new Browser(parley.address(), user.path("user").asString())) {
                assertThat(items(browser, "/api/conversations"))
                        .filteredOn(item -> !item.path("session_id").asString().endsWith("-new"))
                        .usingElementComparator(OlderDataFolderIT::contains)
                        .containsExactlyElementsOf(user.path("conversations"));
                for (Map.Entry<String, JsonNode> session : user.path("messages").properties()) {
                    assertThat(items(browser, "/api/conversations/" + session.getKey() + "/messages"))
                            .as(session.getKey())
                            .usingElementComparator(OlderDataFolderIT::contains)
                            .containsExactlyElementsOf(session.getValue());
                }
                for (Map.Entry<String, JsonNode> audit : user.path("audits").properties()) {
                    JsonNode now = json(browser, "/api/streams/" + audit.getKey() + "/audit");
                    assertThat(contains(now, audit.getValue()))
                            .as("%s of %s", now, audit)
                            .isZero();
                }
                assertThat(browser.get("/api/conversations/"
                                        + user.path("deleted").asString())
                                .statusCode())
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void users_continue_to_chat_and_an_id_of_a_deleted_conversation_is_new() throws Exception {
        for (JsonNode user : users) {
            try (var browser = new Browser(parley.address(), user.path("user").asString())) {
                for (String id :
                        List.of("first-of-the-new", user.path("deleted_id").asString())) {
                    browser.ask("s-new", id, SHORT);
                    assertThat(browser.untilEnd(id).getLast().path("type").asString())
                            .isEqualTo("stream_complete");
                }
                assertThat(browser.history("s-new", 4))
                        .extracting(item -> item.path("status").asString())
                        .containsOnly("complete");
            }
        }
    }

    @Test
    void an_old_id_that_is_sent_again_gets_the_old_answer() throws Exception {
        for (JsonNode user : users) {
            String id = user.path("audits").propertyNames().stream()
                    .filter(each -> each.endsWith("-thinking"))
                    .findFirst()
                    .orElseThrow();
            try (var browser = new Browser(parley.address(), user.path("user").asString())) {
                browser.ask("s-new", id, SHORT);
                JsonNode end = browser.untilEnd(id).getLast();

                String old = user.path("messages")
                        .valueStream()
                        .flatMap(JsonNode::valueStream)
                        .filter(message -> message.path("message_id").asString().equals(id)
                                && message.path("role").asString().equals("assistant"))
                        .map(message -> message.path("content").asString())
                        .findFirst()
                        .orElseThrow();
                assertThat(end.at("/data/full_content").asString()).isEqualTo(old);
            }
        }
    }

    private static List<JsonNode> items(Browser browser, String path) throws IOException, InterruptedException {
        return json(browser, path).path("items").valueStream().toList();
    }

    private static JsonNode json(Browser browser, String path) throws IOException, InterruptedException {
        var answer = browser.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    /** Compares two JSON values; {@code now} may have more fields. @return 0 if it has all that {@code before} has */
    private static int contains(JsonNode now, JsonNode before) {
        if (before.isObject()) {
            return before.properties().stream()
                            .allMatch(field -> contains(now.path(field.getKey()), field.getValue()) == 0)
                    ? 0
                    : 1;
        }
        if (before.isArray()) {
            if (now.size() != before.size()) {
                return 1;
            }
            for (int n = 0; n < before.size(); n++) {
                if (contains(now.path(n), before.path(n)) != 0) {
                    return 1;
                }
            }
            return 0;
        }
        if (before.isNumber() && now.isNumber()) {
            return Double.compare(now.asDouble(), before.asDouble()); // 0 and 0.0 are the same
        }
        return now.equals(before) ? 0 : 1;
    }

    private static void unpack(String zip, Path folder) throws IOException {
        try (var entries = new ZipInputStream(resource(zip))) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Path file = folder.resolve(entry.getName());
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                Files.copy(entries, file);
            }
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(OlderDataFolderIT.class.getResourceAsStream(name), name);
    }
}
