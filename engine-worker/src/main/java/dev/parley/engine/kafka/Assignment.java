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
 * Has the readers read the partitions that a {@link ReadScope} wants, on a thread of its own. The coordinator learns where reading begins before
 * a partition's first record. A partition that is no longer wanted is retired, if the coordinator agrees; then it is no longer read; and after
 * its last record the coordinator forgets it.
 */
final class Assignment implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Assignment.class);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final ReadScope scope;
    private final Function<Set<Integer>, StartPositions> survey;
    private final List<LogReader> readers;
    private final PastCommandReader past;
    private final CoordinatorInbox inbox;
    private final CoordinatorLoop coordinator;
    private final Semaphore changed = new Semaphore(0);
    private final Set<Integer> assigned = new HashSet<>();
    private volatile Set<Integer> owned = Set.of();

    /** @param survey finds from where partitions are read and where they end now; throws a {@link KafkaException} if the brokers do not answer */
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

    /** The partitions that the group gives to this worker now. From any thread. */
    void owns(Set<Integer> partitions) {
        owned = Set.copyOf(partitions);
        changed.release();
    }

    /** Ends when its thread is interrupted. */
    @Override
    public void run() {
        try (scope) {
            while (true) {
                boolean unused =
                        changed.tryAcquire(check() ? CHECK_EVERY.toMillis() : RETRY.toMillis(), TimeUnit.MILLISECONDS);
                changed.drainPermits();
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.debug("The assignment of partitions has ended");
        }
    }

    /** @return whether the readers read what is wanted, as far as that is known */
    private boolean check() throws InterruptedException {
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
            LOG.warn(
                    "The partitions to read cannot be determined, trying again in {} ms: {}",
                    RETRY.toMillis(),
                    e.toString());
            return false;
        }
    }

    private void begin(Set<Integer> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        StartPositions positions = survey.apply(partitions);
        partitions.forEach(partition -> inbox.execute(it -> it.begins(partition, positions.start(partition))));
        readers.forEach(reader -> reader.begin(partitions, positions));
        past.begin(partitions, positions);
        assigned.addAll(partitions);
        LOG.info("Partitions {} are read from now on", partitions);
    }

    /** A partition that the coordinator does not retire is tried again. */
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
        LOG.info("Partitions {} are no longer read", retired);
    }

    private boolean retires(int partition) throws InterruptedException {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        inbox.execute(it -> answer.complete(it.retire(partition)));
        return await(answer);
    }

    /** Waits for another thread of this worker; if that has ended, this one is interrupted, too. */
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
