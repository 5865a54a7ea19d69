package dev.parley.engine.kafka;

import dev.parley.engine.coordinator.Coordinator;
import dev.parley.engine.coordinator.CoordinatorObserver;
import dev.parley.engine.coordinator.CoordinatorSettings;
import dev.parley.engine.coordinator.StreamStore;
import dev.parley.engine.metrics.WorkerLoad;
import dev.parley.engine.state.Decider;
import dev.parley.engine.writer.Appender;
import dev.parley.engine.writer.WriterContext;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.service.kafka.BrokerClock;
import dev.parley.service.kafka.ProjectionProgress;
import dev.parley.service.startup.RequiredThreads;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker: it reads the log, decides what runs, and writes streams. Starting does not wait for Kafka; closing finishes the active streams
 * within a bound and releases the rest to other workers.
 */
public final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    /** Shown by standalone, too, which shows little else. */
    private static final Logger SHUTDOWN = LoggerFactory.getLogger("dev.parley.shutdown");

    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(1);

    private final WorkerKafka clients;
    private final Thread starter;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable WorkerParts parts;

    /**
     * What a worker is made of.
     *
     * @param coordinator for this number of partitions
     * @param context given the appender that writers append with
     * @param store knows streams that are older than the log
     * @param tail which partitions are read
     * @param horizon how far back a starting worker reads where there is no checkpoint
     * @param bounds of unfinished messages
     * @param projection tells how far the projection is
     * @param tokens makes claim tokens, never the same one twice
     * @param clock is told of what is read as it comes
     * @param nanos a monotonic clock
     */
    public record Setup(
            String workerId,
            TopicSettings topics,
            IntFunction<CoordinatorSettings> coordinator,
            Decider decider,
            Function<Appender, WriterContext> context,
            StreamStore store,
            CoordinatorObserver observer,
            Tail tail,
            Duration horizon,
            Bounds bounds,
            Function<WorkerKafka, ProjectionProgress.Source> projection,
            Supplier<String> tokens,
            BrokerClock clock,
            LongSupplier nanos) {}

    /**
     * Past either of these no more commands are read but stops.
     *
     * @param unfinished messages that are known and not answered
     * @param unfinishedChars their text, in UTF-16 units
     */
    public record Bounds(int unfinished, long unfinishedChars) {}

    /** What a worker reads of the log. */
    public enum Tail {
        /** All partitions. */
        ALL,
        /** The partitions that the group gives to this worker, and those of which it is the first standby. */
        OWN
    }

    public Worker(WorkerKafka clients, Setup setup) {
        this(clients, setup, RequiredThreads.endingNothing());
    }

    /** @param required is told when a thread dies without which the worker is of no use */
    public Worker(WorkerKafka clients, Setup setup, RequiredThreads required) {
        this.clients = clients;
        WorkerStarter parts = new WorkerStarter(clients, setup, required, closed);
        this.starter = Thread.ofPlatform()
                .daemon()
                .name("engine-start")
                .unstarted(required.required(
                        "engine-start", () -> start(parts), () -> this.parts != null || closed.getCount() == 0));
    }

    private void start(WorkerStarter starting) {
        try {
            parts = starting.start();
        } catch (InterruptedException e) {
            LOG.info("The worker was closed before Kafka could be reached");
        }
    }

    /** Starts in the background. */
    public void start() {
        starter.start();
    }

    /** Whether it knows the log up to its own start, and so answers messages. */
    public boolean isReady() {
        WorkerParts running = parts;
        return running != null && running.coordinator().status().caughtUp();
    }

    /** Why the log cannot be written or read now; empty if it can, as far as is known. */
    public Optional<String> trouble() {
        WorkerParts running = parts;
        return running == null ? Optional.empty() : running.trouble();
    }

    /** Whether all threads that it needs live and make progress, or have not been needed yet. If not, only a restart helps. */
    public boolean isAlive() {
        WorkerParts running = parts;
        return running == null ? starter.isAlive() : running.areAlive();
    }

    /** How many partitions it reads, as their owner and as a standby. */
    public int readPartitions() {
        WorkerParts running = parts;
        return running == null ? 0 : running.coordinator().assigned().size();
    }

    /** How much there was to do a moment ago. */
    public WorkerLoad load() {
        WorkerParts running = parts;
        return running == null ? WorkerLoad.NONE : running.coordinator().load();
    }

    /**
     * Leaves: takes no more messages, finishes the active streams, and releases those that are not over by then. Stops are honoured until
     * the end.
     *
     * @param drainTimeout how long to finish
     */
    public void close(Duration drainTimeout) throws InterruptedException {
        WorkerParts running = takeParts();
        if (running == null) {
            return;
        }
        if (!running.threadsAreAlive()) {
            LOG.error(
                    "The worker closes without finishing its active streams, because a thread that it needs has ended");
            running.crash();
            return;
        }
        running.inbox().execute(Coordinator::drain);
        running.checkpoints()
                .writer()
                .leave(running.ask(it -> it.progress().owned()).orElse(Set.of()), LEAVE_TIMEOUT);
        running.membership().group().leave();
        finish(running, drainTimeout);
        running.membership().thread().join(clients.lease());
        running.close();
    }

    private void finish(WorkerParts running, Duration drainTimeout) throws InterruptedException {
        int unfinished = running.running();
        if (unfinished > 0) {
            SHUTDOWN.info(
                    "Shutdown waits for {} running answer(s), {} s at most (parley.engine.drain-timeout). An answer that is longer goes on at"
                            + " another worker, or here after the next start.",
                    unfinished,
                    drainTimeout.toSeconds());
        }
        int left = running.awaitIdle(drainTimeout);
        if (left > 0) {
            SHUTDOWN.info("Shutdown hands over {} answer(s) that did not end in time", left);
            running.inbox().execute(it -> it.release("shutdown"));
            int _ = running.awaitIdle(clients.lease());
        }
    }

    /** Stops as a crash would: nothing is finished or handed over. */
    void crash() throws InterruptedException {
        WorkerParts running = takeParts();
        if (running != null) {
            running.crash();
        }
    }

    /** The parts to close; null from the second time on, and if it had not started. */
    private @Nullable WorkerParts takeParts() throws InterruptedException {
        closed.countDown();
        starter.interrupt();
        starter.join();
        WorkerParts running = parts;
        parts = null;
        return running;
    }
}
