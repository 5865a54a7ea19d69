package dev.parley.projection.reader;

import dev.parley.projection.ProjectionSettings;
import dev.parley.projection.store.TurnStore;
import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import dev.parley.service.startup.RequiredThreads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The projection's one thread. It waits for Kafka and for the store, whichever comes first or goes, and never gives up; a reader
 * that failed is replaced by a new one, which begins at what is committed.
 */
public final class Projection implements SmartLifecycle {

    /** How it goes. */
    public enum Status {
        STOPPED,
        /** Kafka or the store did not answer yet. */
        STARTING,
        READING,
        /** What was read cannot be written. */
        HOLDING
    }

    private static final Logger log = LoggerFactory.getLogger(Projection.class);

    private static final Logger SHUTDOWN = LoggerFactory.getLogger("dev.parley.shutdown");

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

    /** A shutdown that takes no longer needs no line. */
    private static final Duration STOP_AT_ONCE = Duration.ofMillis(500);

    private final ProjectionKafka kafka;
    private final TurnStore store;
    private final ProjectionSettings settings;
    private final ProjectionMetrics metrics;

    private final Object lifecycle = new Object();
    private CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Thread thread;
    private final Reach reach;
    private volatile RequiredThreads requiredThreads = RequiredThreads.endingNothing();
    private volatile Status status = Status.STOPPED;

    public Projection(ProjectionKafka kafka, TurnStore store, ProjectionSettings settings, ProjectionMetrics metrics) {
        this.kafka = kafka;
        this.store = store;
        this.settings = settings;
        this.metrics = metrics;
        this.reach = new Reach(settings.unreadyAfter(), System::nanoTime);
    }

    /** Why it cannot do its work: empty once Kafka and the store have answered, and as long as both do. */
    public Optional<String> unready() {
        return status == Status.STOPPED ? Optional.of("stopped") : reach.missing();
    }

    /** @param threads is told if the reader ends before it is stopped */
    public Projection neededBy(RequiredThreads threads) {
        requiredThreads = threads;
        return this;
    }

    public Status status() {
        return status;
    }

    @Override
    public void start() {
        synchronized (lifecycle) {
            if (thread == null) {
                CountDownLatch mine = new CountDownLatch(1);
                stopping = mine;
                status = Status.STARTING;
                thread = Thread.ofPlatform()
                        .name("projection")
                        .start(requiredThreads.required("projection", () -> run(mine), () -> mine.getCount() == 0));
            }
        }
    }

    @Override
    public void stop() {
        synchronized (lifecycle) {
            stopping.countDown();
            Thread running = thread;
            thread = null;
            if (running != null) {
                awaitEnd(running);
            }
        }
    }

    @Override
    public boolean isRunning() {
        synchronized (lifecycle) {
            return thread != null;
        }
    }

    private static void awaitEnd(Thread running) {
        try {
            if (running.join(STOP_AT_ONCE)) {
                return;
            }
            SHUTDOWN.info(
                    "Shutdown waits for the projection to write and commit what it has read, {} s at most. What is not written then is read"
                            + " from Kafka again after the next start.",
                    STOP_TIMEOUT.toSeconds());
            if (!running.join(STOP_TIMEOUT.minus(STOP_AT_ONCE))) {
                SHUTDOWN.warn(
                        "Shutdown goes on without the projection, which did not end in {} s", STOP_TIMEOUT.toSeconds());
                running.interrupt();
            }
        } catch (InterruptedException e) {
            running.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void run(CountDownLatch stop) {
        try {
            untilItWorks(stop, "Kafka's topics", kafka::ensureTopics);
            untilItWorks(stop, "the store", store::prepare);
            while (stop.getCount() > 0) {
                readUntilItFails(stop);
            }
        } catch (InterruptedException e) {
            log.info("interrupted");
        } finally {
            status = Status.STOPPED;
        }
    }

    /** Something that may need another process to be there first. */
    private interface Attempt {
        void run() throws InterruptedException, TimeoutException;
    }

    private void untilItWorks(CountDownLatch stop, String what, Attempt attempt) throws InterruptedException {
        Duration wait = settings.retryFirst();
        while (stop.getCount() > 0) {
            try {
                attempt.run();
                return;
            } catch (RuntimeException | TimeoutException e) {
                log.warn("waiting for {}: {}", what, e.toString());
                stop.await(wait.toMillis(), TimeUnit.MILLISECONDS);
                wait = wait.multipliedBy(2).compareTo(settings.retryMost()) < 0
                        ? wait.multipliedBy(2)
                        : settings.retryMost();
            }
        }
    }

    private void readUntilItFails(CountDownLatch stop) throws InterruptedException {
        try (DeadLetterPublisher publisher = kafka.deadLetters();
                EventsReader reader = new EventsReader(
                        kafka.consumer(),
                        store,
                        new DeadLetters(publisher, metrics),
                        settings,
                        metrics,
                        reach,
                        System::nanoTime)) {
            reader.join();
            while (stop.getCount() > 0) {
                reader.turn();
                status = reader.isWriting() ? Status.READING : Status.HOLDING;
            }
            reader.finish();
        } catch (RuntimeException | Error e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            status = Status.STARTING;
            log.error("the reader failed; a new one begins at what is committed", e);
            stop.await(settings.retryMost().toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
