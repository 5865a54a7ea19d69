package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.chat.KnownMessageIds;
import dev.parley.gateway.tail.PastCommandsReader;
import dev.parley.gateway.testkit.Await;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.service.startup.RequiredThreads;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ConfigurableApplicationContext;

/** If a required thread ends, the gateway is neither ready nor live any more, and ends with a status. */
@WithBackends
class RequiredThreadsIT {

    private final Backends backends;
    private final AtomicBoolean ready = new AtomicBoolean();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final Set<Thread> before = Set.copyOf(Thread.getAllStackTraces().keySet());

    RequiredThreadsIT(Backends backends) {
        this.backends = backends;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gateway-watch",
                "gateway-sse-watch",
                "gateway-announcer",
                "gateway-cut-off",
                "projection-progress"
            })
    void a_thread_that_is_interrupted_ends_the_gateway(String thread) throws Exception {
        try (GatewayNode node = GatewayNode.startCold(backends, Map.of(), this::observeExit)) {
            Await.until("it is ready", () -> status(node, "readiness") == 200);
            assertThat(threads(thread)).isNotEmpty();

            threads(thread).forEach(Thread::interrupt);

            assertEnds(node);
        }
    }

    @Test
    void an_error_while_the_past_commands_are_read_ends_the_gateway() throws Exception {
        try (GatewayNode node = GatewayNode.startCold(backends, Map.of(), context -> {
            observeExit(context);
            context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
                @Override
                public Object postProcessBeforeInitialization(Object bean, String name) {
                    return bean instanceof PastCommandsReader ? failing(context) : bean;
                }
            });
        })) {
            Await.until("it is ready", () -> status(node, "readiness") == 200);
            ready.set(true);
            assertEnds(node);
        }
    }

    private PastCommandsReader failing(ConfigurableApplicationContext context) {
        return new PastCommandsReader(
                () -> {
                    throw new NoClassDefFoundError("of the test");
                },
                () -> ready.get() ? Map.of(0, 1L) : null,
                new KnownMessageIds(100, () -> true),
                context.getBean(RequiredThreads.class));
    }

    private void observeExit(ConfigurableApplicationContext context) {
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

    private void assertEnds(GatewayNode node) throws Exception {
        assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(RequiredThreads.STATUS);
        assertThat(status(node, "readiness")).isEqualTo(503);
        assertThat(status(node, "liveness")).isEqualTo(503);
    }

    /** The threads of this name, without those of nodes that other tests left running in this process. */
    private List<Thread> threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals(name) && !before.contains(each))
                .toList();
    }

    private static int status(GatewayNode node, String of) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(
                                            "http://127.0.0.1:" + node.managementPort() + "/actuator/health/" + of))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
