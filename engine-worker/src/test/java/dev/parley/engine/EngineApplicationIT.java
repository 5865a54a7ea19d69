package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.MetricsPage;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.schema.json.FrameCodec;
import dev.parley.service.startup.RequiredThreads;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

@WithBackends
class EngineApplicationIT {
    private static final Duration BOUND = Duration.ofSeconds(30);

    @Test
    void the_service_starts_alone_and_says_when_it_is_ready(Backends backends) throws Exception {
        try (ConfigurableApplicationContext context = application(backends)
                        .run("--server.port=0", "--spring.kafka.bootstrap-servers=" + backends.bootstrapServers());
                HttpClient http = HttpClient.newHttpClient()) {
            URI actuator = actuator(context);
            HttpResponse<byte[]> answer = awaitReady(http, actuator.resolve("health/readiness"));

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(FrameCodec.mapper()
                            .readTree(answer.body())
                            .at("/components/engine/status")
                            .stringValue())
                    .isEqualTo("UP");
            assertMetrics(http, actuator.resolve("prometheus"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"engine-checkpoint-writer", "engine-coordinator"})
    void a_thread_that_must_run_and_dies_ends_the_service(String thread, Backends backends) throws Exception {
        Set<Thread> before = Set.copyOf(Thread.getAllStackTraces().keySet());
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        SpringApplication application = application(backends);
        application.addInitializers(context -> observeExit(context, exit));
        try (ConfigurableApplicationContext context = application.run(
                        "--server.port=0", "--spring.kafka.bootstrap-servers=" + backends.bootstrapServers());
                HttpClient http = HttpClient.newHttpClient()) {
            URI actuator = actuator(context);
            assertThat(awaitReady(http, actuator.resolve("health/readiness")).statusCode())
                    .isEqualTo(200);
            List<Thread> running = Thread.getAllStackTraces().keySet().stream()
                    .filter(each -> each.getName().equals(thread) && !before.contains(each))
                    .toList();
            assertThat(running).hasSize(1);

            running.getFirst().interrupt();

            assertThat(exit.get(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(RequiredThreads.STATUS);
            assertThat(status(http, actuator.resolve("health/readiness"))).isEqualTo(503);
            assertThat(status(http, actuator.resolve("health/liveness"))).isEqualTo(503);
        }
    }

    private static void observeExit(ConfigurableApplicationContext context, CompletableFuture<Integer> exit) {
        context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
            @Override
            public @Nullable Object postProcessBeforeInitialization(Object bean, String name) {
                if (!(bean instanceof RequiredThreads)) {
                    return bean;
                }
                RequiredThreads observed = new RequiredThreads(exit::complete);
                observed.setApplicationContext(context);
                return observed;
            }
        });
    }

    private static SpringApplication application(Backends backends) {
        SpringApplication application = new SpringApplication(EngineApplication.class);
        application.setDefaultProperties(Map.of(
                "spring.config.name", "engine-worker,application",
                "server.port", "0",
                "spring.kafka.bootstrap-servers", backends.bootstrapServers(),
                "mongodb.uri", backends.mongoUri() + "/" + Backends.unique("engine"),
                "parley.topics.partitions", "4",
                "parley.default-provider", "scripted",
                "parley.engine.group", Backends.unique("engine")));
        return application;
    }

    private static URI actuator(ConfigurableApplicationContext context) {
        return URI.create(
                "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/actuator/");
    }

    private static int status(HttpClient http, URI of) throws Exception {
        return http.send(HttpRequest.newBuilder(of).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static void assertMetrics(HttpClient http, URI scrape) throws Exception {
        System.gc(); // if a registry held a gauge's state weakly, the gauge would be NaN from here on
        String metrics = http.send(HttpRequest.newBuilder(scrape).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        assertThat(metrics)
                .contains("parley_engine_partitions_read 4.0")
                .contains("parley_engine_streams_running 0.0")
                .doesNotContainPattern("parley_[a-z_]+(\\{.*})? NaN")
                .containsPattern("kafka_consumer_fetch_manager_records_lag_max\\{client_id=\"[^\"]+-events\"")
                .containsPattern("kafka_producer_record_send_total\\{client_id=\"[^\"]+-appends\"");
        assertThat(MetricsPage.documented("parley_engine_"))
                .containsAllEntriesOf(MetricsPage.scraped(metrics, "parley_"));
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
