package dev.parley.engine.kafka;

import dev.parley.engine.coordinator.Coordinator;
import dev.parley.service.kafka.AppendHealth;
import dev.parley.service.kafka.AppendProbe;
import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs in a worker: its Kafka clients and the threads that use them.
 *
 * @param threads without which the worker is of no use
 */
record WorkerParts(
        CoordinatorInbox inbox,
        CoordinatorLoop coordinator,
        Appending appending,
        Reading reading,
        Checkpoints checkpoints,
        Membership membership,
        StoreLookup store,
        List<Thread> threads) {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerParts.class);
    private static final Duration COORDINATOR_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration IDLE_CHECK_EVERY = Duration.ofMillis(20);

    /** What writes to the log. */
    record Appending(
            Producer<String, byte[]> producer,
            AppendHealth health,
            AppendProbe probe,
            DeadLetterPublisher deadLetters) {}

    /** What reads the log. */
    record Reading(List<LogReader> readers, PastCommandReader past, Thread assignment) {}

    /** What reads and writes checkpoints. */
    record Checkpoints(CheckpointReader reader, CheckpointWriter writer) {}

    /** This worker as a member of the group. */
    record Membership(GroupMembership group, Thread thread) {}

    /** Whether all threads live and the coordinator makes progress. */
    boolean areAlive() {
        return threadsAreAlive() && !coordinator.isStuck();
    }

    boolean threadsAreAlive() {
        return threads.stream().allMatch(Thread::isAlive);
    }

    /** Why the log cannot be written or read now; empty if it can, as far as is known. */
    Optional<String> trouble() {
        return appending
                .health()
                .reason()
                .or(() -> reading.readers().stream()
                        .flatMap(reader -> reader.trouble().stream())
                        .findFirst());
    }

    /** What the coordinator answers on its own thread; empty if it does not within a bound. */
    <T> Optional<T> ask(Function<Coordinator, T> question) throws InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        inbox.execute(it -> answer.complete(question.apply(it)));
        try {
            return Optional.of(answer.get(COORDINATOR_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The coordinator did not answer within {} s", COORDINATOR_TIMEOUT.toSeconds());
            return Optional.empty();
        }
    }

    int running() throws InterruptedException {
        return ask(it -> it.progress().running()).orElse(0);
    }

    /**
     * Waits until no stream is active. The coordinator itself is asked, because its status is of a moment ago; if it does not answer, there
     * may be active streams.
     *
     * @return how many streams are still active after the bound
     */
    int awaitIdle(Duration bound) throws InterruptedException {
        long deadline = System.nanoTime() + bound.toNanos();
        while (true) {
            int running = ask(it -> it.progress().running())
                    .orElseGet(() -> Math.max(1, coordinator.status().running()));
            if (running == 0 || System.nanoTime() - deadline > 0) {
                return running;
            }
            Thread.sleep(IDLE_CHECK_EVERY);
        }
    }

    /** Closes all clients and ends all threads. */
    void close() throws InterruptedException {
        appending.probe().close();
        reading.assignment().interrupt();
        reading.assignment().join();
        reading.readers().forEach(LogReader::close);
        reading.past().close();
        store.close();
        checkpoints.reader().close();
        checkpoints.writer().close();
        coordinator.close();
        for (Thread thread : threads) {
            thread.join();
        }
        appending.producer().close(Duration.ZERO);
        appending.deadLetters().close();
    }

    /** Ends as a crash would: nothing is finished or handed over, and the group waits for the session to expire. */
    void crash() throws InterruptedException {
        appending.producer().close(Duration.ZERO);
        membership.group().abandon();
        close();
    }
}
