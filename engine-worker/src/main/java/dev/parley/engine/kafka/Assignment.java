package dev.parley.engine.kafka;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the readers read what a {@link ReadScope} wants, on a thread of its own. A partition is unread, then read: the coordinator hears where
 * reading begins before the first record. A partition that is wanted no more is retired, if the coordinator lets go of it; then not read; then
 * forgotten: the coordinator hears that after the last record.
 */
final class Assignment implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Assignment.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final ReadScope scope;
    private final Function<Set<Integer>, StartPositions> survey;
    private final List<LogReader> readers;
    private final PastCommandReader past;
    private final CoordinatorInbox inbox;
    private final CoordinatorLoop coordinator;
    private final Semaphore news = new Semaphore(0);
    private final Set<Integer> assigned = new HashSet<>();
    private volatile Set<Integer> owned = Set.of();

    /** @param survey finds from where partitions are read, and how far they go now; a {@link KafkaException} if it cannot be told */
    Assignment(
            ReadScope scope,
            Function<Set<Integer>, StartPositions> survey,
            List<LogReader> readers,
            PastCommandReader past,
            CoordinatorInbox inbox,
            CoordinatorLoop coordinator) {
        this.scope = scope;
        this.survey = survey;
        this.readers = List.copyOf(readers);
        this.past = past;
        this.inbox = inbox;
        this.coordinator = coordinator;
    }

    /** What the group gives to this worker now. From any thread. */
    void owns(Set<Integer> partitions) {
        owned = Set.copyOf(partitions);
        news.release();
    }

    /** Ends when its thread is interrupted. */
    @Override
    public void run() {
        try (scope) {
            while (true) {
                boolean unused =
                        news.tryAcquire(look() ? LOOK_EVERY.toMillis() : RETRY.toMillis(), TimeUnit.MILLISECONDS);
                news.drainPermits();
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.debug("no more partitions are looked for");
        }
    }

    /** @return whether all is as it should be */
    private boolean look() throws InterruptedException {
        try {
            Optional<Set<Integer>> wanted = scope.wanted(owned);
            if (wanted.isEmpty()) {
                return false;
            }
            begin(minus(wanted.get(), assigned));
            end(minus(assigned, wanted.get()));
            coordinator.assign(Set.copyOf(assigned));
            return true;
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn("the log cannot be looked at, trying again: {}", e.toString());
            return false;
        }
    }

    private void begin(Set<Integer> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        StartPositions points = survey.apply(partitions);
        partitions.forEach(partition -> inbox.execute(it -> it.begins(partition, points.start(partition))));
        readers.forEach(reader -> reader.begin(partitions, points));
        past.begin(partitions, points);
        assigned.addAll(partitions);
        LOG.info("partitions {} are read from now on", partitions);
    }

    /** Those that the coordinator does not let go of are tried again. */
    private void end(Set<Integer> partitions) throws InterruptedException {
        Set<Integer> retired = new HashSet<>();
        for (int partition : partitions) {
            if (!owned.contains(partition) && retires(partition)) {
                retired.add(partition);
            }
        }
        if (retired.isEmpty()) {
            return;
        }
        for (LogReader reader : readers) {
            await(reader.end(retired));
        }
        retired.forEach(partition -> inbox.execute(it -> it.forget(partition)));
        assigned.removeAll(retired);
        LOG.info("partitions {} are read no more", retired);
    }

    private boolean retires(int partition) throws InterruptedException {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        inbox.execute(it -> answer.complete(it.retire(partition)));
        return await(answer);
    }

    /** What a thread of this worker will say; if it has ended, this one is interrupted, too. */
    private static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private static Set<Integer> minus(Set<Integer> some, Set<Integer> others) {
        Set<Integer> rest = new HashSet<>(some);
        rest.removeAll(others);
        return rest;
    }
}
