package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.schema.json.FrameCodec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

@WithBackends
class EngineApplicationIT {
    private static final Duration BOUND = Duration.ofSeconds(30);

    @Test
    void the_service_starts_alone_and_says_when_it_is_ready(Backends backends) throws Exception {
        SpringApplication application = new SpringApplication(EngineApplication.class);
        application.setDefaultProperties(Map.of(
                "spring.config.name", "engine-worker,application",
                "server.port", "0",
                "spring.kafka.bootstrap-servers", backends.bootstrapServers(),
                "mongodb.uri", backends.mongoUri() + "/" + Backends.unique("engine"),
                "parley.topics.partitions", "4",
                "parley.default-provider", "scripted",
                "parley.engine.group", Backends.unique("engine")));
        try (ConfigurableApplicationContext context = application.run(
                        "--server.port=0", "--spring.kafka.bootstrap-servers=" + backends.bootstrapServers());
                HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer = awaitReady(
                    http,
                    URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port")
                            + "/actuator/health/readiness"));

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(FrameCodec.mapper()
                            .readTree(answer.body())
                            .at("/components/engine/status")
                            .stringValue())
                    .isEqualTo("UP");
        }
    }

    private static HttpResponse<byte[]> awaitReady(HttpClient http, URI readiness) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(readiness).build();
        long deadline = System.nanoTime() + BOUND.toNanos();
        HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        while (answer.statusCode() != 200 && System.nanoTime() - deadline < 0) {
            answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        }
        return answer;
    }
}
