package dev.parley.engine.kafka;

import dev.parley.engine.coordinator.Coordinator;
import dev.parley.engine.coordinator.Progress;
import dev.parley.engine.metrics.WorkerLoad;
import dev.parley.engine.state.LogPosition;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The coordinator's thread: runs the tasks of its inbox, has it act, and publishes its status for other threads. */
final class CoordinatorLoop implements Runnable, CommandListener.Coordination {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorLoop.class);

    private static final int MAX_TASKS_A_ROUND = 64;
    private static final long STATUS_EVERY_NANOS = Duration.ofMillis(50).toNanos();
    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long STUCK_NANOS = Duration.ofMinutes(1).toNanos();
    /** Once full there must be some room again, so that reading does not stop and go on for each message. */
    private static final double RESUME_BELOW = 0.8;

    private final Coordinator coordinator;
    private final CoordinatorInbox inbox;
    private final Worker.Bounds bounds;
    private final LongSupplier nanos;
    private long statusAt;
    private volatile Status status = new Status(0, 0, 0, 0, Duration.ZERO, false, false, Map.of(), Map.of());
    private volatile boolean commandsAreCurrent;
    private volatile @Nullable Set<Integer> assigned;
    private volatile long roundAt;
    private volatile boolean closed;

    /**
     * The coordinator's progress a moment ago.
     *
     * @param unfinished messages that are known and not answered
     * @param unfinishedChars their text, in UTF-16 units
     * @param oldestNotStarted see {@link Progress#oldestNotStarted}
     * @param caughtUp whether all that was in the log at the start is known, now or before
     * @param full whether no more commands are to be read
     * @param done see {@link Progress#done}
     * @param checkpoints of the owned partitions
     */
    record Status(
            int running,
            int waiting,
            int unfinished,
            long unfinishedChars,
            Duration oldestNotStarted,
            boolean caughtUp,
            boolean full,
            Map<Integer, Long> done,
            Map<Integer, LogPosition> checkpoints) {}

    CoordinatorLoop(Coordinator coordinator, CoordinatorInbox inbox, Worker.Bounds bounds, LongSupplier nanos) {
        this.coordinator = coordinator;
        this.inbox = inbox;
        this.bounds = bounds;
        this.nanos = nanos;
        this.statusAt = nanos.getAsLong();
        this.roundAt = nanos.getAsLong();
    }

    @Override
    public void commands(Iterable<ConsumerRecord<String, byte[]>> records) throws InterruptedException {
        inbox.read(records, (it, record, now) -> it.command(RecordDecoder.command(record), now));
    }

    @Override
    public void stopsAhead(Iterable<ConsumerRecord<String, byte[]>> records) throws InterruptedException {
        inbox.read(records, (it, record, now) -> it.stopAhead(RecordDecoder.command(record), now));
    }

    @Override
    public boolean isFull() {
        return status.full();
    }

    @Override
    public void current(boolean areCurrent) {
        commandsAreCurrent = areCurrent;
    }

    @Override
    public void caughtUp(int partition) {
        inbox.execute(it -> it.commandsCaughtUp(partition));
    }

    /** Sets which partitions are read. From any thread. */
    void assign(Set<Integer> partitions) {
        assigned = partitions;
    }

    Set<Integer> assigned() {
        Set<Integer> read = assigned;
        return read == null ? Set.of() : read;
    }

    Status status() {
        return status;
    }

    /** How much there was to do a moment ago. From any thread. */
    WorkerLoad load() {
        Status last = status;
        return new WorkerLoad(
                last.running(),
                last.waiting(),
                assigned().size(),
                last.unfinished(),
                last.unfinishedChars(),
                last.oldestNotStarted(),
                inbox.unreadKib());
    }

    /** Whether it has done nothing for so long that it never will. One with nothing to do is never silent for a second. */
    boolean isStuck() {
        return nanos.getAsLong() - roundAt > STUCK_NANOS;
    }

    void close() {
        closed = true;
        inbox.execute(_ -> {});
    }

    @Override
    public void run() {
        try {
            long rest = 0;
            while (!closed) {
                rest = round(inbox.poll(rest));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long round(@Nullable Consumer<Coordinator> first) {
        roundAt = nanos.getAsLong();
        Consumer<Coordinator> task = first;
        for (int done = 1; task != null; done++) {
            run(task);
            task = done < MAX_TASKS_A_ROUND ? inbox.poll() : null;
        }
        try {
            long now = nanos.getAsLong();
            long rest = coordinator.act(now);
            if (now - statusAt >= 0) {
                publish(now);
                statusAt = now + STATUS_EVERY_NANOS;
            }
            return inbox.isEmpty() ? Math.min(rest, Math.max(0, statusAt - now)) : 0;
        } catch (RuntimeException e) {
            LOG.error("Unexpected error in the coordinator; it continues in {} s", RETRY_NANOS / 1_000_000_000, e);
            return RETRY_NANOS;
        }
    }

    private void run(Consumer<Coordinator> task) {
        try {
            task.accept(coordinator);
        } catch (RuntimeException e) {
            LOG.error("Unexpected error in a task of the coordinator; the task is skipped", e);
        }
    }

    private void publish(long now) {
        Progress progress = coordinator.progress();
        Set<Integer> read = assigned;
        status = new Status(
                progress.running(),
                progress.waiting(),
                progress.unfinished(),
                progress.unfinishedChars(),
                progress.oldestNotStarted(now),
                status.caughtUp() || (read != null && progress.isCaughtUp(read)),
                isFull(progress),
                progress.done(),
                progress.checkpoints(commandsAreCurrent, now));
    }

    private boolean isFull(Progress progress) {
        double share = status.full() ? RESUME_BELOW : 1;
        boolean full = progress.unfinished() >= bounds.unfinished() * share
                || progress.unfinishedChars() >= bounds.unfinishedChars() * share;
        if (full && !status.full()) {
            LOG.warn(
                    "{} messages with {} characters are unfinished; until there are fewer only stops are read. The bounds are"
                            + " parley.engine.max-unfinished and parley.engine.max-unfinished-chars",
                    progress.unfinished(),
                    progress.unfinishedChars());
        }
        return full;
    }
}
