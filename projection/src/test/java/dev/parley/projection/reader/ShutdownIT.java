package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.store.testing.InMemoryTurnStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the projection logs during a shutdown. */
@WithBackends
class ShutdownIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Logger shutdown = (Logger) LoggerFactory.getLogger("dev.parley.shutdown");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final CountDownLatch logged = new CountDownLatch(1);
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
            logged.countDown();
        }
    };

    @BeforeEach
    void listen() {
        shutdown.setLevel(Level.INFO);
        appender.start();
        shutdown.addAppender(appender);
    }

    @AfterEach
    void stopListening() {
        shutdown.detachAppender(appender);
    }

    @Test
    void a_shutdown_that_waits_for_the_store_logs_the_reason_and_the_bound(Backends backends) throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        InMemoryTurnStore slow = new InMemoryTurnStore() {
            @Override
            public void prepare() {
                called.countDown();
                try {
                    answer.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        Service service = Service.start(backends.bootstrapServers(), Backends.unique("shutdown"), slow);
        assertThat(called.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(
                service::close, task -> Thread.ofPlatform().start(task));

        assertThat(logged.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(lines)
                .singleElement()
                .asString()
                .contains("waits for the projection to write and commit what it has read", "15 s at most");
        answer.countDown();
        closed.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(lines).hasSize(1);
    }
}
