package dev.parley.systemtests.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.systemtests.model.Plan.Ending;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FakeModelTest {

    private final FakeModel model = FakeModel.start();
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        model.close();
        http.shutdownNow();
    }

    @Test
    void streams_by_its_plan_and_counts_the_call() throws Exception {
        String message = model.plan(Plan.of(12, Duration.ZERO, Ending.DONE));

        String body = new String(ask(message).body().readAllBytes(), UTF_8);

        assertThat(body).contains("piece 11").endsWith("data: [DONE]\n\n");
        assertThat(model.requests(message)).hasSize(1);
    }

    @Test
    void refuses_at_once() throws Exception {
        assertThat(ask(model.plan(Plan.refuse())).statusCode()).isEqualTo(500);
    }

    @Test
    void cuts_the_connection_after_the_last_piece() throws Exception {
        InputStream body =
                ask(model.plan(Plan.of(3, Duration.ofMillis(20), Ending.CUT))).body();

        assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
    }

    @Test
    void sees_that_the_client_hangs_up() throws Exception {
        String message = model.plan(Plan.of(1, Duration.ZERO, Ending.HANG));
        InputStream body = ask(message).body();
        assertThat(new String(body.readNBytes(5), UTF_8)).isEqualTo("data:");

        body.close();

        model.awaitHungUp(message);
    }

    /** Either the writing thread or the watching one notices it first, and closes the socket for the other. */
    @RepeatedTest(20)
    void sees_that_the_client_hangs_up_during_an_answer() throws Exception {
        String message = model.plan(Plan.of(100_000, Duration.ZERO, Ending.HANG));
        InputStream body = ask(message).body();
        assertThat(new String(body.readNBytes(5), UTF_8)).isEqualTo("data:");

        body.close();

        model.awaitHungUp(message);
    }

    private HttpResponse<InputStream> ask(String message) throws Exception {
        String json = "{\"messages\":[{\"role\":\"user\",\"content\":\"" + message + "\"}]}";
        URI uri = URI.create(model.baseUrl() + "/chat/completions");
        return http.send(
                HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(json)).build(), BodyHandlers.ofInputStream());
    }
}
