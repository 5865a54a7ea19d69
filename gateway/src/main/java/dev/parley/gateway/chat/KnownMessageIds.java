package dev.parley.gateway.chat;

import dev.parley.schema.command.Command;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.repeats.AskedIds;
import dev.parley.schema.repeats.IdHash;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which message ids the log has commands of, so that a repeat is known as one whatever the store does. Until everything is read that was
 * in {@code chat.commands} at the start, what is not found is undecided. Thread-safe.
 */
public final class KnownMessageIds {

    /** What is known of an id. */
    public enum IdState {
        /** The log has a command of it, and its conversation was not deleted since. */
        DUPLICATE,
        /** No command that the log has asks for it. */
        NEW,
        /** The commands are not all read yet. */
        UNKNOWN
    }

    private final int mostIds;
    private final BooleanSupplier warm;
    private final IdHash hash = new IdHash();
    private volatile Partition @Nullable [] partitions;
    private volatile boolean built;

    /**
     * @param mostIds for so many commands ids are remembered; of older ones the store is asked by the workers
     * @param warm whether the tail has read up to where the log ended at the start
     */
    public KnownMessageIds(int mostIds, BooleanSupplier warm) {
        this.mostIds = mostIds;
        this.warm = warm;
    }

    /** To be called before anything is added. */
    public void begin(int count) {
        Partition[] all = new Partition[count];
        for (int i = 0; i < count; i++) {
            all[i] = new Partition(new AskedIds(hash, mostIds / count));
        }
        partitions = all;
    }

    /** A command of the log, in any order. */
    public void add(int partition, long offset, Command command) {
        add(partition, AskedIds.of(hash, offset, command));
    }

    /**
     * A conversation is deleted in the log. Clients see that event, and may use its message ids again, before this node has read the command
     * that asked for it.
     *
     * @param command the offset of that command
     */
    public void conversationDeleted(int partition, long command, SessionKey session) {
        add(partition, AskedIds.deletion(hash, command, session));
    }

    private void add(int partition, AskedIds.Asked asked) {
        Partition[] all = partitions;
        if (all != null) {
            synchronized (all[partition]) {
                all[partition].ids.add(asked);
            }
        }
    }

    /** All that was in the log before the tail began was added. */
    public void built() {
        built = true;
    }

    public IdState state(StreamId id) {
        Partition[] all = partitions;
        if (all == null) {
            return IdState.UNKNOWN;
        }
        if (wasAskedBefore(id, Long.MAX_VALUE)) {
            return IdState.DUPLICATE;
        }
        return built && warm.getAsBoolean() ? IdState.NEW : IdState.UNKNOWN;
    }

    /** Whether a command before this offset asks for the id, as far as the log was read. */
    public boolean wasAskedBefore(StreamId id, long offset) {
        Partition[] all = partitions;
        if (all == null) {
            return false;
        }
        Partition partition = all[RecordKey.partition(id.user(), all.length)];
        synchronized (partition) {
            return partition.ids.wasAskedBefore(id, offset);
        }
    }

    /** The tail has read the partition of the commands up to and with this offset. */
    public void read(int partition, long offset) {
        Partition[] all = partitions;
        if (all == null) {
            return;
        }
        List<Runnable> due = new ArrayList<>();
        synchronized (all[partition]) {
            all[partition].readTo = offset;
            for (Iterator<Waiting> each = all[partition].waiting.iterator(); each.hasNext(); ) {
                Waiting next = each.next();
                if (next.offset() <= offset) {
                    each.remove();
                    due.add(next.then());
                }
            }
        }
        due.forEach(Runnable::run);
    }

    /** Runs something, once the tail has read so far; at once if it has. */
    public void whenRead(int partition, long offset, Runnable then) {
        Partition[] all = partitions;
        if (all != null) {
            synchronized (all[partition]) {
                if (all[partition].readTo < offset) {
                    all[partition].waiting.add(new Waiting(offset, then));
                    return;
                }
            }
        }
        then.run();
    }

    private record Waiting(long offset, Runnable then) {}

    /** Guarded by itself. */
    private static final class Partition {

        final AskedIds ids;
        final List<Waiting> waiting = new ArrayList<>();
        long readTo = -1;

        Partition(AskedIds ids) {
            this.ids = ids;
        }
    }
}
