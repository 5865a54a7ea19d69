package dev.parley.engine.coordinator;

import dev.parley.engine.state.EventRecord;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.state.TurnState;
import dev.parley.engine.stream.ActiveStream;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Verdict;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The active streams of a coordinator, and those that are over and whose last words have not been read. Not thread-safe. */
final class ActiveStreams {
    private final Map<StreamId, ActiveStream> running = new HashMap<>();
    /** Streams whose writer is done: what it wrote is not in the state yet, so nothing can be decided. */
    private final Map<StreamId, LastRecord> settling = new HashMap<>();

    private int ending;

    private record LastRecord(int partition, long offset) {}

    int size() {
        return running.size();
    }

    /** Of those, the ones that only end a stream: no model is asked for them. */
    int ending() {
        return ending;
    }

    @Nullable
    ActiveStream of(StreamId stream) {
        return running.get(stream);
    }

    boolean isSettling(StreamId stream) {
        return settling.containsKey(stream);
    }

    boolean areIn(int partition) {
        return running.values().stream().anyMatch(active -> partition(active) == partition);
    }

    void add(ActiveStream active) {
        running.put(active.task().stream(), active);
        ending += active.task().action().asksModel() ? 0 : 1;
    }

    /** @param eventsReached the next offset to read of its partition's events */
    void ended(ActiveStream active, long eventsReached) {
        StreamId stream = active.task().stream();
        if (running.remove(stream, active)) {
            ending -= active.task().action().asksModel() ? 0 : 1;
        }
        if (active.lastOffset() >= eventsReached) {
            settling.put(stream, new LastRecord(partition(active), active.lastOffset()));
        }
    }

    /** No more of the partition is read. */
    void forget(int partition) {
        settling.values().removeIf(last -> last.partition() == partition);
    }

    void release(String reason) {
        running.values().forEach(active -> active.release(reason));
    }

    /** An event of a stream was read. */
    void read(StreamId stream, long offset) {
        settling.computeIfPresent(stream, (_, last) -> offset < last.offset() ? last : null);
    }

    /** Whether a stream writer of this coordinator wrote it and is not done. */
    boolean wrote(EventRecord.OfStream record) {
        ActiveStream active = running.get(record.stream());
        return active != null && record.entry().claim().equals(active.task().claim());
    }

    /** Tells the writer of a stream what the log says of it. */
    void tell(EventRecord.OfStream record, Verdict verdict, PartitionState state) {
        ActiveStream active = running.get(record.stream());
        if (active == null) {
            return;
        }
        boolean accepted = verdict instanceof Verdict.Accepted;
        if (!wrote(record)) {
            if (accepted && movesBeyond(active, record)) {
                active.claimSuperseded();
            }
        } else if (!accepted) {
            active.claimSuperseded();
        } else if (record.startsOrTakesOver()) {
            TurnState turn = state.find(record.stream());
            if (turn != null) {
                active.claimConfirmed(turn.written(), turn.elapsedMs());
            }
        }
    }

    private static boolean movesBeyond(ActiveStream active, EventRecord.OfStream record) {
        return record.startsOrTakesOver()
                && record.entry().claim().attempt() >= active.task().claim().attempt();
    }

    private static int partition(ActiveStream active) {
        return active.task().address().partition();
    }
}
