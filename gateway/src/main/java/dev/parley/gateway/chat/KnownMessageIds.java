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
 * The message ids that the log has commands with, so that a duplicate is recognized without MongoDB. Until all is read that was in {@code
 * chat.commands} at the start, the state of an id that is not found is unknown. Thread-safe.
 */
public final class KnownMessageIds {

    /** What the log says of an id. */
    public enum IdState {
        /** The log has a command with this id, and its conversation was not deleted later. */
        DUPLICATE,
        /** The log has no command with this id. */
        NEW,
        /** Not all commands have been read. */
        UNKNOWN
    }

    private final int maxIds;
    private final BooleanSupplier warm;
    private final IdHash hash = new IdHash();
    private volatile Partition @Nullable [] partitions;
    private volatile boolean pastRead;

    /**
     * @param maxIds the ids of so many commands are held, the newest; the workers look up older ones in MongoDB
     * @param warm whether the tail has read to the end that the log had at the start
     */
    public KnownMessageIds(int maxIds, BooleanSupplier warm) {
        this.maxIds = maxIds;
        this.warm = warm;
    }

    /** To be called before an id is added. */
    public void begin(int count) {
        Partition[] all = new Partition[count];
        for (int i = 0; i < count; i++) {
            all[i] = new Partition(new AskedIds(hash, maxIds / count));
        }
        partitions = all;
    }

    /** Adds a command of the log. Commands may come in any order. */
    public void add(int partition, long offset, Command command) {
        add(partition, AskedIds.of(hash, offset, command));
    }

    /**
     * A conversation was deleted. Clients see the event, and may use the message ids again, before this node has read the command.
     *
     * @param command the offset of the {@code delete_conversation} command
     */
    public void onConversationDeleted(int partition, long command, SessionKey session) {
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

    /** All commands from before the tail began have been added. */
    public void onPastRead() {
        pastRead = true;
    }

    public IdState state(StreamId id) {
        Partition[] all = partitions;
        if (all == null) {
            return IdState.UNKNOWN;
        }
        if (hasCommandBefore(id, Long.MAX_VALUE)) {
            return IdState.DUPLICATE;
        }
        return pastRead && warm.getAsBoolean() ? IdState.NEW : IdState.UNKNOWN;
    }

    /** Whether a command with this id precedes this offset, as far as the log was read. */
    public boolean hasCommandBefore(StreamId id, long offset) {
        Partition[] all = partitions;
        if (all == null) {
            return false;
        }
        Partition partition = all[RecordKey.partition(id.user(), all.length)];
        synchronized (partition) {
            return partition.ids.wasAskedBefore(id, offset);
        }
    }

    /** The tail has read the command at this offset and those before it. */
    public void onRead(int partition, long offset) {
        Partition[] all = partitions;
        if (all == null) {
            return;
        }
        List<Runnable> due = new ArrayList<>();
        synchronized (all[partition]) {
            all[partition].readTo = offset;
            for (Iterator<WaitingTask> each = all[partition].waiting.iterator(); each.hasNext(); ) {
                WaitingTask next = each.next();
                if (next.offset() <= offset) {
                    each.remove();
                    due.add(next.task());
                }
            }
        }
        due.forEach(Runnable::run);
    }

    /** Runs a task when the tail has read the command at this offset; at once if it has. */
    public void whenRead(int partition, long offset, Runnable task) {
        Partition[] all = partitions;
        if (all != null) {
            synchronized (all[partition]) {
                if (all[partition].readTo < offset) {
                    all[partition].waiting.add(new WaitingTask(offset, task));
                    return;
                }
            }
        }
        task.run();
    }

    private record WaitingTask(long offset, Runnable task) {}

    /** Guarded by itself. */
    private static final class Partition {

        final AskedIds ids;
        final List<WaitingTask> waiting = new ArrayList<>();
        long readTo = -1;

        Partition(AskedIds ids) {
            this.ids = ids;
        }
    }
}
