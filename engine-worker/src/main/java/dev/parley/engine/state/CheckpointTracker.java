package dev.parley.engine.state;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * From where a partition must be read to know all that is unfinished, and all that ended a moment ago: so repeats of that are known
 * without the store, and the last answers are there for the next prompt.
 *
 * <p>The two offsets of a {@link LogPosition} belong together: every stream whose command is at or above the one has its first event at or above
 * the other. Who reads both topics from there never sees a command without the start of its stream, and so takes no answer that was given
 * for one to give. Lower offsets are as good and cost time only; therefore commands are kept in blocks, not one by one.
 */
final class CheckpointTracker {
    private static final int BLOCK = 64;
    private static final long NONE = Long.MAX_VALUE;

    private final long memoryNanos;
    private final TreeMap<Long, Block> blocks = new TreeMap<>();
    /** When the streams were over whose command is not known, by their first event. */
    private final TreeMap<Long, Long> unasked = new TreeMap<>();
    /** When commands were last read as they came, so far as is known. */
    private @Nullable Long currentAt;

    private static final class Block {
        long lowest = NONE;
        long firstEvent = NONE;
        /** The highest command that makes no sense without one of these. */
        long neededBy = Long.MIN_VALUE;

        int unfinished;
        long quietSince;
    }

    /** @param memory how long what is over is remembered */
    CheckpointTracker(Duration memory) {
        this.memoryNanos = memory.toNanos();
    }

    /** A command that asks for something, until it is {@link #done}. */
    void asked(long command) {
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

    /** A command repeats an earlier one, or was stopped by it: who reads the one must read the other, as long as that is remembered. */
    void needs(long command, long earlier) {
        Block block = blocks.get(earlier / BLOCK);
        if (block != null && (currentAt == null || !isPast(block, currentAt))) {
            block.neededBy = Math.max(block.neededBy, command);
        }
    }

    /** A stream begins whose command was not read yet, or is older than all that was. */
    void startedUnasked(long event) {
        unasked.put(event, NONE);
    }

    void doneUnasked(long event, long now) {
        unasked.replace(event, now);
    }

    /** The command of such a stream was read. */
    void foundCommand(long event) {
        unasked.remove(event);
    }

    /** For so long nothing was read: what was said of the past in that time is not known yet. */
    void slept(long nanos) {
        blocks.values().forEach(block -> block.quietSince += nanos);
        unasked.replaceAll((_, overAt) -> overAt == NONE ? NONE : overAt + nanos);
    }

    /**
     * @param commands the next command to read; stops above it may have been read ahead
     * @param events the next event to read
     * @param current whether commands are read as they come: then what was asked again lately is known, and the command of a stream that
     *     was over long ago is older than all that is known. Nothing is forgotten while they are not
     */
    LogPosition position(long commands, long events, boolean current, long now) {
        if (current) {
            currentAt = now;
            forgetThePast(commands, now);
            unasked.values().removeIf(overAt -> overAt != NONE && now - overAt > memoryNanos);
        }
        long command = blocks.isEmpty()
                ? commands
                : Math.min(commands, blocks.firstEntry().getValue().lowest);
        long event = unasked.isEmpty() ? events : Math.min(events, unasked.firstKey());
        for (Block block : blocks.values()) {
            event = Math.min(event, block.firstEvent);
        }
        return new LogPosition(command, event);
    }

    /** The oldest blocks, as far as nothing that is read without them needs them. */
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
