package dev.parley.engine.kafka;

import dev.parley.engine.coordinator.Coordinator;
import dev.parley.engine.metrics.WorkerLoad;
import dev.parley.engine.state.LogPosition;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The coordinator's own thread: hands it what is read from the log and what stream writers report, in the order in which it came, and has it act. */
final class CoordinatorLoop implements Runnable, CommandListener.Reception {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorLoop.class);
    /**
     * Of records that were read and that the coordinator has not come to: enough for it to go on while more are read, and no more. What waits
     * longer than young objects live grows old in the heap, and a worker that catches up did little but collect it.
     */
    private static final int MAX_INTAKE_KIB = 4 * 1024;

    /** What a record costs beside its key and value: its headers are objects. Measured: 2.3 KB in all for a chunk of an answer. */
    private static final int RECORD_BYTES = 2_048;

    private static final int MAX_LETTERS_A_ROUND = 64;
    private static final long STATUS_EVERY_NANOS = Duration.ofMillis(50).toNanos();
    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long STUCK_NANOS = Duration.ofMinutes(1).toNanos();
    private static final double RESUME_BELOW = 0.8;

    private final Coordinator coordinator;
    private final Worker.Bounds bounds;
    private final LongSupplier nanos;
    private final LinkedBlockingQueue<Consumer<Coordinator>> inbox = new LinkedBlockingQueue<>();
    private final Semaphore intakeKib = new Semaphore(MAX_INTAKE_KIB, true);
    private long statusAt;
    private volatile Status status = new Status(0, 0, 0, 0, Duration.ZERO, false, false, Map.of(), Map.of());
    private volatile boolean commandsAreCurrent;
    private volatile @Nullable Set<Integer> assigned;
    private volatile long roundAt;
    private volatile boolean closed;

    /** What a record is to the coordinator. */
    interface Reading {
        void read(Coordinator coordinator, ConsumerRecord<String, byte[]> record, long now);
    }

    /**
     * How things stood a moment ago.
     *
     * @param unfinished messages that are known and not answered
     * @param unfinishedChars their text
     * @param oldestNotStarted see {@link Coordinator#oldestNotStarted}
     * @param caughtUp whether all was known once that was in the log before
     * @param full whether no more commands shall be read
     * @param done offsets below which every command of the owned partitions is done with
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

    CoordinatorLoop(Coordinator coordinator, Worker.Bounds bounds, LongSupplier nanos) {
        this.coordinator = coordinator;
        this.bounds = bounds;
        this.nanos = nanos;
        this.statusAt = nanos.getAsLong();
        this.roundAt = nanos.getAsLong();
    }

    /** From any thread; never waits. For what comes a bounded number of times a stream. */
    void execute(Consumer<Coordinator> task) {
        inbox.add(task);
    }

    /** For what was read from the log; waits while the coordinator is far behind. */
    void hand(Iterable<ConsumerRecord<String, byte[]>> batch, Reading reading) throws InterruptedException {
        int kib = kib(batch);
        intakeKib.acquire(kib);
        inbox.add(it -> {
            try {
                batch.forEach(record -> read(it, record, reading));
            } finally {
                intakeKib.release(kib);
            }
        });
    }

    /** What a batch costs; one that is larger than all that there may be is taken alone. */
    private static int kib(Iterable<ConsumerRecord<String, byte[]>> batch) {
        long bytes = 0;
        for (ConsumerRecord<String, byte[]> record : batch) {
            bytes += RECORD_BYTES + Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        }
        return Math.toIntExact(Math.min(bytes / 1_024 + 1, MAX_INTAKE_KIB));
    }

    /** A record that trips us up must not hold up the rest. */
    private void read(Coordinator at, ConsumerRecord<String, byte[]> record, Reading reading) {
        try {
            reading.read(at, record, nanos.getAsLong());
        } catch (RuntimeException e) {
            LOG.error("record {}-{}@{} could not be judged", record.topic(), record.partition(), record.offset(), e);
        }
    }

    @Override
    public void commands(Iterable<ConsumerRecord<String, byte[]>> records) throws InterruptedException {
        hand(records, (it, record, now) -> it.command(RecordDecoder.command(record), now));
    }

    @Override
    public void stopsAhead(Iterable<ConsumerRecord<String, byte[]>> records) throws InterruptedException {
        hand(records, (it, record, now) -> it.stopAhead(RecordDecoder.command(record), now));
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
        execute(it -> it.commandsCaughtUp(partition));
    }

    /** Which partitions are read. From any thread. */
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
                MAX_INTAKE_KIB - intakeKib.availablePermits());
    }

    void close() {
        closed = true;
        execute(_ -> {});
    }

    @Override
    public void run() {
        try {
            long rest = 0;
            while (!closed) {
                rest = round(inbox.poll(rest, TimeUnit.NANOSECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it has done nothing for so long that it will not any more. A coordinator with nothing to do is never silent for a second. */
    boolean isStuck() {
        return nanos.getAsLong() - roundAt > STUCK_NANOS;
    }

    private long round(@Nullable Consumer<Coordinator> first) {
        roundAt = nanos.getAsLong();
        Consumer<Coordinator> task = first;
        for (int read = 1; task != null; read++) {
            deliver(task);
            task = read < MAX_LETTERS_A_ROUND ? inbox.poll() : null;
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
            LOG.error("a round of the coordinator failed, it goes on with the next one", e);
            return RETRY_NANOS;
        }
    }

    private void deliver(Consumer<Coordinator> task) {
        try {
            task.accept(coordinator);
        } catch (RuntimeException e) {
            LOG.error("coordinator task failed", e);
        }
    }

    private void publish(long now) {
        status = new Status(
                coordinator.running(),
                coordinator.waiting(),
                coordinator.unfinished(),
                coordinator.unfinishedChars(),
                coordinator.oldestNotStarted(now),
                status.caughtUp() || isCaughtUp(),
                hasTooMany(),
                coordinator.done(),
                coordinator.checkpoints(commandsAreCurrent, now));
    }

    private boolean isCaughtUp() {
        Set<Integer> read = assigned;
        return read != null && coordinator.isCaughtUp(read);
    }

    /** Once full it must have some room again, so that reading does not start and stop for each message. */
    private boolean hasTooMany() {
        double share = status.full() ? RESUME_BELOW : 1;
        boolean full = coordinator.unfinished() >= bounds.unfinished() * share
                || coordinator.unfinishedChars() >= bounds.unfinishedChars() * share;
        if (full && !status.full()) {
            LOG.warn("{} messages are unfinished, no more are read for now; stops are", coordinator.unfinished());
        }
        return full;
    }
}
