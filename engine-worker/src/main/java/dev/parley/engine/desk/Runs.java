package dev.parley.engine.desk;

import dev.parley.engine.run.Order;
import dev.parley.engine.run.Run;
import dev.parley.engine.view.Decision;
import dev.parley.engine.view.LogView;
import dev.parley.engine.view.TurnView;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.Verdict;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The runs of a desk, and those that are over and whose last words have not been read. Not thread-safe. */
final class Runs {
    private final Map<StreamId, Run> running = new HashMap<>();
    /** Streams whose run is over: what it wrote is not in the view yet, so nothing can be decided. */
    private final Map<StreamId, LastWord> settling = new HashMap<>();

    private int ending;

    private record LastWord(int partition, long offset) {}

    int size() {
        return running.size();
    }

    /** Of those, the ones that only end a stream: no model is asked for them. */
    int ending() {
        return ending;
    }

    @Nullable
    Run of(StreamId stream) {
        return running.get(stream);
    }

    boolean isSettling(StreamId stream) {
        return settling.containsKey(stream);
    }

    boolean areIn(int partition) {
        return running.values().stream().anyMatch(run -> partition(run) == partition);
    }

    void begun(Run run) {
        running.put(run.order().stream(), run);
        ending += onlyEnds(run) ? 1 : 0;
    }

    /** @param eventsReached the next offset to read of its partition's events */
    void ended(Run run, long eventsReached) {
        StreamId stream = run.order().stream();
        if (running.remove(stream, run)) {
            ending -= onlyEnds(run) ? 1 : 0;
        }
        if (run.lastOffset() >= eventsReached) {
            settling.put(stream, new LastWord(partition(run), run.lastOffset()));
        }
    }

    private static boolean onlyEnds(Run run) {
        return switch (run.order().task()) {
            case Order.Task.Answer _ -> false;
            case Order.Task.TakeOver(Decision.Purpose purpose, StopReason _) -> purpose != Decision.Purpose.CONTINUE;
            case Order.Task.EndStopped _, Order.Task.Refuse _ -> true;
        };
    }

    /** No more of the partition is read. */
    void forget(int partition) {
        settling.values().removeIf(last -> last.partition() == partition);
    }

    void release(String reason) {
        running.values().forEach(run -> run.release(reason));
    }

    /** An event of a stream was read. */
    void read(StreamId stream, long offset) {
        settling.computeIfPresent(stream, (_, last) -> offset < last.offset() ? last : null);
    }

    /** Whether a run of this desk wrote it, and is not over. */
    boolean wrote(EventHead.OfStream head) {
        Run run = running.get(head.stream());
        return run != null && head.entry().claim().equals(run.order().claim());
    }

    /** Tells the run of a stream what the log says of it. */
    void tell(EventHead.OfStream head, Verdict verdict, LogView view) {
        Run run = running.get(head.stream());
        if (run == null) {
            return;
        }
        boolean accepted = verdict instanceof Verdict.Accepted;
        if (!wrote(head)) {
            if (accepted && movesBeyond(run, head.entry())) {
                run.lost();
            }
        } else if (!accepted) {
            run.lost();
        } else if (moves(head.entry())) {
            TurnView turn = view.find(head.stream());
            if (turn != null) {
                run.won(turn.written(), turn.elapsedMs());
            }
        }
    }

    private static boolean movesBeyond(Run run, Entry entry) {
        return moves(entry) && entry.claim().attempt() >= run.order().claim().attempt();
    }

    /** Whether it says who writes a stream from then on. */
    static boolean moves(Entry entry) {
        return entry instanceof Entry.Start || entry instanceof Entry.Takeover;
    }

    private static int partition(Run run) {
        return run.order().address().partition();
    }
}
