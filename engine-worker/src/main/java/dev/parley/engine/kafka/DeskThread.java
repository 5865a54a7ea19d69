package dev.parley.engine.kafka;

import dev.parley.engine.desk.Desk;
import dev.parley.engine.metrics.WorkerLoad;
import dev.parley.engine.view.Place;
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

/** The desk's own thread: hands it what is read from the log and what runs say, in the order in which it came, and has it act. */
final class DeskThread implements Runnable, CommandListener.Reception {
    private static final Logger LOG = LoggerFactory.getLogger(DeskThread.class);
    /**
     * Of records that were read and that the desk has not come to: enough for it to go on while more are read, and no more. What waits
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

    private final Desk desk;
    private final Worker.Bounds bounds;
    private final LongSupplier nanos;
    private final LinkedBlockingQueue<Consumer<Desk>> inbox = new LinkedBlockingQueue<>();
    private final Semaphore intakeKib = new Semaphore(MAX_INTAKE_KIB, true);
    private long statusAt;
    private volatile Status status = new Status(0, 0, 0, 0, Duration.ZERO, false, false, Map.of(), Map.of());
    private volatile boolean commandsAreCurrent;
    private volatile @Nullable Set<Integer> covered;
    private volatile long roundAt;
    private volatile boolean closed;

    /** What a record is to the desk. */
    interface Reading {
        void read(Desk desk, ConsumerRecord<String, byte[]> record, long now);
    }

    /**
     * How things stood a moment ago.
     *
     * @param unfinished messages that are known and not answered
     * @param unfinishedChars their text
     * @param oldestNotStarted see {@link Desk#oldestNotStarted}
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
            Map<Integer, Place> checkpoints) {}

    DeskThread(Desk desk, Worker.Bounds bounds, LongSupplier nanos) {
        this.desk = desk;
        this.bounds = bounds;
        this.nanos = nanos;
        this.statusAt = nanos.getAsLong();
        this.roundAt = nanos.getAsLong();
    }

    /** From any thread; never waits. For what comes a bounded number of times a stream. */
    void post(Consumer<Desk> letter) {
        inbox.add(letter);
    }

    /** For what was read from the log; waits while the desk is far behind. */
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
    private void read(Desk at, ConsumerRecord<String, byte[]> record, Reading reading) {
        try {
            reading.read(at, record, nanos.getAsLong());
        } catch (RuntimeException e) {
            LOG.error("record {}-{}@{} could not be judged", record.topic(), record.partition(), record.offset(), e);
        }
    }

    @Override
    public void commands(Iterable<ConsumerRecord<String, byte[]>> records) throws InterruptedException {
        hand(records, Desk::command);
    }

    @Override
    public void stopsAhead(Iterable<ConsumerRecord<String, byte[]>> records) throws InterruptedException {
        hand(records, Desk::stopAhead);
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
        post(it -> it.commandsCaughtUp(partition));
    }

    /** Which partitions are read. From any thread. */
    void covers(Set<Integer> partitions) {
        covered = partitions;
    }

    Set<Integer> covered() {
        Set<Integer> read = covered;
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
                covered().size(),
                last.unfinished(),
                last.unfinishedChars(),
                last.oldestNotStarted(),
                MAX_INTAKE_KIB - intakeKib.availablePermits());
    }

    void close() {
        closed = true;
        post(_ -> {});
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

    /** Whether it has done nothing for so long that it will not any more. A desk with nothing to do is never silent for a second. */
    boolean isStuck() {
        return nanos.getAsLong() - roundAt > STUCK_NANOS;
    }

    private long round(@Nullable Consumer<Desk> first) {
        roundAt = nanos.getAsLong();
        Consumer<Desk> letter = first;
        for (int read = 1; letter != null; read++) {
            deliver(letter);
            letter = read < MAX_LETTERS_A_ROUND ? inbox.poll() : null;
        }
        try {
            long now = nanos.getAsLong();
            long rest = desk.act(now);
            if (now - statusAt >= 0) {
                publish(now);
                statusAt = now + STATUS_EVERY_NANOS;
            }
            return inbox.isEmpty() ? Math.min(rest, Math.max(0, statusAt - now)) : 0;
        } catch (RuntimeException e) {
            LOG.error("the desk tripped, it goes on with the next round", e);
            return RETRY_NANOS;
        }
    }

    private void deliver(Consumer<Desk> letter) {
        try {
            letter.accept(desk);
        } catch (RuntimeException e) {
            LOG.error("the desk could not take a letter", e);
        }
    }

    private void publish(long now) {
        status = new Status(
                desk.running(),
                desk.waiting(),
                desk.unfinished(),
                desk.unfinishedChars(),
                desk.oldestNotStarted(now),
                status.caughtUp() || isCaughtUp(),
                hasTooMany(),
                desk.done(),
                desk.checkpoints(commandsAreCurrent, now));
    }

    private boolean isCaughtUp() {
        Set<Integer> read = covered;
        return read != null && desk.isCaughtUp(read);
    }

    /** Once full it must have some room again, so that reading does not start and stop for each message. */
    private boolean hasTooMany() {
        double share = status.full() ? RESUME_BELOW : 1;
        boolean full = desk.unfinished() >= bounds.unfinished() * share
                || desk.unfinishedChars() >= bounds.unfinishedChars() * share;
        if (full && !status.full()) {
            LOG.warn("{} messages are unfinished, no more are read for now; stops are", desk.unfinished());
        }
        return full;
    }
}
