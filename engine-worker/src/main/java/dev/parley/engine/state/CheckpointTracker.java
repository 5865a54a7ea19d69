package dev.parley.engine.state;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the position from which a partition must be read to know all that is unfinished and all that ended lately: then repeats of that are
 * known without the store, and the last answers are there for the next prompt.
 *
 * <p>The two offsets of a {@link LogPosition} belong together: every stream whose command is at or above the one has its first event at or above
 * the other. So a worker that reads both topics from there never sees a command without the start of its stream, and answers nothing again.
 * Lower offsets are correct too and only cost time; therefore commands are kept in blocks, not one by one.
 */
final class CheckpointTracker {
    private static final int BLOCK = 64;
    private static final long NONE = Long.MAX_VALUE;

    private final long memoryNanos;
    private final TreeMap<Long, Block> blocks = new TreeMap<>();
    /** By the first event of each stream whose command is not known the time at which it was over. */
    private final TreeMap<Long, Long> withoutCommand = new TreeMap<>();
    /** When commands were last known to be read as they come; null before. */
    private @Nullable Long currentAt;

    private static final class Block {
        long lowest = NONE;
        long firstEvent = NONE;
        /** The highest command that must not be read without one of these. */
        long neededBy = Long.MIN_VALUE;

        int unfinished;
        long quietSince;
    }

    /** @param memory how long what is over is remembered */
    CheckpointTracker(Duration memory) {
        this.memoryNanos = memory.toNanos();
    }

    /** A turn whose command was just read. */
    void add(TurnState turn, long now) {
        long command = turn.commandOffset;
        add(command);
        if (turn.earlyStopOffset != TurnState.UNKNOWN) {
            needs(command, turn.earlyStopOffset);
        }
        if (turn.firstEvent != TurnState.UNKNOWN) {
            commandRead(turn.firstEvent);
            started(command, turn.firstEvent);
        }
        if (turn.isOver()) {
            done(command, now);
        }
    }

    /** A command that asks for something, until it is {@link #done}. */
    void add(long command) {
        Block block = blocks.computeIfAbsent(command / BLOCK, _ -> new Block());
        block.lowest = Math.min(block.lowest, command);
        block.unfinished++;
    }

    /** The stream of a command begins with this event. */
    void started(long command, long event) {
        Block block = blocks.get(command / BLOCK);
        if (block != null) {
            block.firstEvent = Math.min(block.firstEvent, event);
        }
    }

    void done(long command, long now) {
        Block block = blocks.get(command / BLOCK);
        if (block != null) {
            block.unfinished--;
            block.quietSince = now;
        }
    }

    /** A command repeats an earlier one, or was stopped by it: while that is remembered, both must be read. */
    void needs(long command, long earlier) {
        Block block = blocks.get(earlier / BLOCK);
        if (block != null && (currentAt == null || !isPast(block, currentAt))) {
            block.neededBy = Math.max(block.neededBy, command);
        }
    }

    /** A stream begins whose command was not read yet, or is older than all that was. */
    void startedWithoutCommand(long event) {
        withoutCommand.put(event, NONE);
    }

    void doneWithoutCommand(long event, long now) {
        withoutCommand.replace(event, now);
    }

    /** The command of such a stream was read. */
    void commandRead(long event) {
        withoutCommand.remove(event);
    }

    /** Nothing was read for so long: what was written in that time is not known yet. */
    void slept(long nanos) {
        blocks.values().forEach(block -> block.quietSince += nanos);
        withoutCommand.replaceAll((_, overAt) -> overAt == NONE ? NONE : overAt + nanos);
    }

    /**
     * @param commands the next command to read; stops above it may have been read ahead
     * @param events the next event to read
     * @param current whether commands are read as they come: then repeats that were sent lately are known, and the command of a stream that
     *     was over long ago is older than all that is known. Nothing is forgotten while they are not
     */
    LogPosition position(long commands, long events, boolean current, long now) {
        if (current) {
            currentAt = now;
            forgetThePast(commands, now);
            withoutCommand.values().removeIf(overAt -> overAt != NONE && now - overAt > memoryNanos);
        }
        long command = blocks.isEmpty()
                ? commands
                : Math.min(commands, blocks.firstEntry().getValue().lowest);
        long event = withoutCommand.isEmpty() ? events : Math.min(events, withoutCommand.firstKey());
        for (Block block : blocks.values()) {
            event = Math.min(event, block.firstEvent);
        }
        return new LogPosition(command, event);
    }

    /** Forgets the oldest blocks, as far as no command that is still read needs them. */
    private void forgetThePast(long commands, long now) {
        long neededBy = Long.MIN_VALUE;
        Long last = null;
        for (Map.Entry<Long, Block> each : blocks.entrySet()) {
            if (!isPast(each.getValue(), now)) {
                break;
            }
            neededBy = Math.max(neededBy, each.getValue().neededBy);
            Map.Entry<Long, Block> next = blocks.higherEntry(each.getKey());
            if (neededBy < (next == null ? commands : next.getValue().lowest)) {
                last = each.getKey();
            }
        }
        if (last != null) {
            blocks.headMap(last, true).clear();
        }
    }

    private boolean isPast(Block block, long now) {
        return block.unfinished == 0 && now - block.quietSince > memoryNanos;
    }
}
