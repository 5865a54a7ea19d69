package dev.parley.projection.reader;

import dev.parley.projection.ProjectionSettings;
import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import dev.parley.service.startup.RequiredThreads;
import dev.parley.store.write.TurnStore;
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
 * The projection's thread. It waits for Kafka and for the store at the start and whenever they cannot be reached, without a bound. A reader that
 * fails is replaced by a new one, which begins at the committed offsets.
 */
public final class Projection implements SmartLifecycle {

    /** What the projection does. */
    public enum Status {
        STOPPED,
        /** Kafka or the store has not answered yet. */
        STARTING,
        READING,
        /** Reading pauses, because the store cannot be written to. */
        HOLDING
    }

    private static final Logger log = LoggerFactory.getLogger(Projection.class);

    private static final Logger SHUTDOWN = LoggerFactory.getLogger("dev.parley.shutdown");

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

    /** A shutdown that takes no longer is not logged. */
    private static final Duration STOP_AT_ONCE = Duration.ofMillis(500);

    private final ProjectionKafka kafka;
    private final TurnStore store;
    private final ProjectionSettings settings;
    private final ProjectionMetrics metrics;

    private final Object lifecycle = new Object();
    private CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Thread thread;
    private final Reachability reachability;
    private volatile RequiredThreads requiredThreads = RequiredThreads.endingNothing();
    private volatile Status status = Status.STOPPED;

    public Projection(ProjectionKafka kafka, TurnStore store, ProjectionSettings settings, ProjectionMetrics metrics) {
        this.kafka = kafka;
        this.store = store;
        this.settings = settings;
        this.metrics = metrics;
        this.reachability = new Reachability(settings.unreadyAfter(), System::nanoTime);
    }

    /** Why it is not ready; empty once Kafka and the store have answered, and as long as both do. */
    public Optional<String> unready() {
        return status == Status.STOPPED ? Optional.of("stopped") : reachability.missing();
    }

    /** @param threads ends the process if the thread ends before it is stopped */
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
            untilItWorks(stop, "Kafka", kafka::ensureTopics);
            untilItWorks(stop, "The store", store::prepare);
            while (stop.getCount() > 0) {
                readUntilItFails(stop);
            }
        } catch (InterruptedException e) {
            log.info("The projection was interrupted");
        } finally {
            status = Status.STOPPED;
        }
    }

    /** Something that may need another process to be started first. */
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
                log.warn("{} does not answer ({}): the next attempt follows in {} ms", what, e, wait.toMillis());
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
                        reachability,
                        System::nanoTime)) {
            reader.join();
            while (stop.getCount() > 0) {
                reader.poll();
                status = reader.isWriting() ? Status.READING : Status.HOLDING;
            }
            reader.finish();
        } catch (RuntimeException | Error e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            status = Status.STARTING;
            log.error(
                    "A reader failed: a new one begins at the committed offsets in {} ms",
                    settings.retryMost().toMillis(),
                    e);
            stop.await(settings.retryMost().toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
