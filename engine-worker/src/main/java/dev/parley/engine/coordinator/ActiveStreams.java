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

/** The streams that this worker is writing, and those that it has ended and whose last record has not been read. Not thread-safe. */
final class ActiveStreams {
    private final Map<StreamId, ActiveStream> active = new HashMap<>();
    /** Streams whose writer has ended: what it wrote last is not in the state yet, so nothing can be decided about them. */
    private final Map<StreamId, LastRecord> settling = new HashMap<>();

    private int ending;

    private record LastRecord(int partition, long offset) {}

    int size() {
        return active.size();
    }

    /** How many of them only end a stream and ask no model. */
    int ending() {
        return ending;
    }

    @Nullable
    ActiveStream of(StreamId stream) {
        return active.get(stream);
    }

    boolean isSettling(StreamId stream) {
        return settling.containsKey(stream);
    }

    boolean areIn(int partition) {
        return active.values().stream().anyMatch(each -> partition(each) == partition);
    }

    void add(ActiveStream stream) {
        active.put(stream.task().stream(), stream);
        ending += stream.task().action().asksModel() ? 0 : 1;
    }

    /** @param eventsReached the next offset to read of its partition's events */
    void ended(ActiveStream stream, long eventsReached) {
        StreamId id = stream.task().stream();
        if (active.remove(id, stream)) {
            ending -= stream.task().action().asksModel() ? 0 : 1;
        }
        if (stream.lastOffset() >= eventsReached) {
            settling.put(id, new LastRecord(partition(stream), stream.lastOffset()));
        }
    }

    /** The partition is read no longer. */
    void forget(int partition) {
        settling.values().removeIf(last -> last.partition() == partition);
    }

    void release(String reason) {
        active.values().forEach(each -> each.release(reason));
    }

    /** An event of a stream was read. */
    void read(StreamId stream, long offset) {
        settling.computeIfPresent(stream, (_, last) -> offset < last.offset() ? last : null);
    }

    /** Whether an active stream's writer wrote it. */
    boolean wrote(EventRecord.OfStream record) {
        ActiveStream stream = active.get(record.stream());
        return stream != null && record.entry().claim().equals(stream.task().claim());
    }

    /** Tells the writer of a stream what the log says of it. */
    void tell(EventRecord.OfStream record, Verdict verdict, PartitionState state) {
        ActiveStream stream = active.get(record.stream());
        if (stream == null) {
            return;
        }
        boolean accepted = verdict instanceof Verdict.Accepted;
        if (!wrote(record)) {
            if (accepted && supersedes(record, stream)) {
                stream.claimSuperseded();
            }
        } else if (!accepted) {
            stream.claimSuperseded();
        } else if (record.startsOrTakesOver()) {
            TurnState turn = state.find(record.stream());
            if (turn != null) {
                stream.claimConfirmed(turn.written(), turn.elapsedMs());
            }
        }
    }

    private static boolean supersedes(EventRecord.OfStream record, ActiveStream stream) {
        return record.startsOrTakesOver()
                && record.entry().claim().attempt() >= stream.task().claim().attempt();
    }

    private static int partition(ActiveStream stream) {
        return stream.task().address().partition();
    }
}
