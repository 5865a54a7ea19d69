package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Standalone;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * All services in one process. The short form runs what could differ from the cluster, the long one the whole contract.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=dev.parley.systemtests.StandaloneIT</pre>
 */
@ExtendWith(InEachSetup.Only.class)
@Tag("faults")
@Order(TestClassOrder.WITHOUT_CLUSTER)
class StandaloneIT extends ChatContract {

    private static @Nullable Standalone standalone;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws InterruptedException {
        standalone = Standalone.start();
    }

    @AfterAll
    static void close() {
        if (standalone != null) {
            standalone.close();
        }
    }

    @Override
    Standalone parley() {
        return Objects.requireNonNull(standalone);
    }

    @Test
    void a_clean_restart_loses_nothing_and_the_session_continues() throws Exception {
        restart(parley()::terminate);
    }

    @Test
    void a_client_on_this_machine_gets_a_token() throws Exception {
        String user = user("visitor");
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(parley().http().resolve("/api/dev/token"))
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofString("{\"user_id\":\"" + user + "\"}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode given = new JsonMapper().readTree(response.body());
        assertThat(given.path("user_id").stringValue()).isEqualTo(user);

        var visitor = connect(user, gateway(0), given.path("token").stringValue());

        assertThat(visitor.ask(Script.of(5, 100).message()).awaitEnd().type()).isEqualTo("stream_complete");
    }
}
