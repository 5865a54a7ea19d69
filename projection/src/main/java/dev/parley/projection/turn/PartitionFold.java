package dev.parley.projection.turn;

import dev.parley.projection.turn.TurnFold.Step;
import dev.parley.schema.event.Title;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.log.SessionLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One partition of {@code chat.events}, read from some offset on: the turns under way, and what is to be written of the rest.
 * Only turns under way are held; what is over leaves with {@link #written}.
 *
 * <p>A reader begins at or before the start of every stream that was not over when somebody committed. Of streams that were, it
 * meets records without their start, which do not count; and it may meet a second start of one, which does not count either but
 * looks to this reader like the first. The store knows better: see {@link #disown}.
 *
 * <p><b>Deleted conversations.</b> A deletion makes the ids of its streams new again. A start counts if its writer had folded the deletion, and
 * begins a turn and an archive of its own; of the deleted one nothing is kept, not even in what came late of the new one before its start.
 *
 * <p><b>Streams without an end.</b> Every stream ends, says the log protocol. One that has not, when the partition reaches a record
 * whose time is {@code longestStream} after its start, is given up as {@code WORKER_LOST}, and what comes of it later does not
 * count. So one broken stream cannot hold back the commit, nor the memory, for ever. The rule looks at records only, so a reader
 * that starts before the stream and one that starts after agree.
 *
 * <p>Not thread-safe.
 */
public final class PartitionFold {

    private static final int MOST_DELETED = 1_000;

    private final Duration longestStream;
    private final TextBudget budget;

    /** In the order of their first offsets, as the log opens them. */
    private final Map<StreamId, TurnFold> open = new LinkedHashMap<>();

    private final Map<StreamId, Turn> over = new LinkedHashMap<>();
    private final Map<StreamId, StreamCollector> collecting = new HashMap<>();
    private final Map<StreamId, StreamArchive> archives = new LinkedHashMap<>();
    private final List<LateRecord> late = new ArrayList<>();
    private final List<ConversationStep> steps = new ArrayList<>();
    private final Map<SessionKey, List<AppliedDeletion>> deletions = new HashMap<>();

    /** The offsets of the last deletions that were read, by session. What falls out is in the store, which has the last word. */
    private final Map<SessionKey, Long> deletedAt = new LinkedHashMap<>();

    private long next;

    public PartitionFold(Duration longestStream) {
        this(longestStream, TextBudget.unbounded());
    }

    /** @param budget shared with the other partitions of the reader */
    public PartitionFold(Duration longestStream, TextBudget budget) {
        this.longestStream = longestStream;
        this.budget = budget;
    }

    /** What came of a record. */
    public sealed interface Reading {

        /** @param unreadable why its value could not be read, or null if it could */
        record Counted(@Nullable String unreadable) implements Reading {}

        record Dropped(DropReason reason) implements Reading {}

        /** It was read before, or is a deletion that only says again what an earlier one said. */
        record Repeated() implements Reading {}
    }

    /** Folds the next record of the partition; one that was read before changes nothing. */
    public Reading read(LogRecord record) {
        if (record.place().offset() < next) {
            return new Reading.Repeated();
        }
        next = record.place().offset() + 1;
        giveUpOldest(record.place());
        return switch (record) {
            case LogRecord.OfStream ofStream -> readStream(ofStream);
            case LogRecord.Deletion deletion -> forget(deletion);
        };
    }

    /**
     * What the store knows of deletions in a session. To be told, each time since {@link #written}, before a {@link LogRecord.Deletion} of the
     * session is read that names its command, or a start whose writer had not folded all that is before where this reader began.
     */
    public void knowDeletions(SessionKey session, List<AppliedDeletion> stored) {
        deletions.merge(session, stored, (known, more) -> {
            List<AppliedDeletion> all = new ArrayList<>(known);
            all.addAll(more);
            return all;
        });
    }

    /** The turns under way, oldest first. */
    public Collection<Turn> open() {
        return open.values().stream().map(PartitionFold::turnOf).toList();
    }

    /** The turns that ended since the last {@link #written}. */
    public List<Turn> over() {
        return List.copyOf(over.values());
    }

    /** What is to be done to conversations since the last {@link #written}, in the order of the log. */
    public List<ConversationStep> steps() {
        return List.copyOf(steps);
    }

    /** Of each stream that ended since the last {@link #written} and is not forgotten. */
    public Collection<StreamArchive> archives() {
        return List.copyOf(archives.values());
    }

    /** Records since the last {@link #written} whose stream is over, or is none that began where this reader could see it. */
    public List<LateRecord> late() {
        return List.copyOf(late);
    }

    /** The records of a stream that never was, see {@link #disown}: they came after the end of the one that the store has. */
    public List<LateRecord> lateOf(StreamId stream) {
        StreamCollector open = collecting.get(stream);
        StreamArchive ended = archives.get(stream);
        if (open != null) {
            return open.asLate();
        }
        return ended == null ? List.of() : StreamCollector.asLate(stream, ended.session(), ended.parts());
    }

    /** All of {@link #over()}, {@link #archives()}, {@link #late()} and {@link #steps()} is in the store. */
    public void written() {
        over.clear();
        archives.clear();
        late.clear();
        steps.clear();
        deletions.clear();
    }

    /** The store has this stream from an earlier start, before where this reader began: what it made of it never was. */
    public void disown(StreamId stream) {
        close(stream);
        collecting.remove(stream);
    }

    /** Nobody needs what it holds any more. */
    public void discard() {
        List.copyOf(open.keySet()).forEach(this::close);
        collecting.clear();
    }

    /**
     * Where a reader has to begin that is to know all this one knows, once everything is written.
     *
     * @param position the offset after the last record that was read or passed over
     */
    public long restartAt(long position) {
        Iterator<TurnFold> oldest = open.values().iterator();
        return oldest.hasNext() ? turnOf(oldest.next()).trace().firstOffset() : position;
    }

    private Reading readStream(LogRecord.OfStream record) {
        Turn ended = over.get(record.stream());
        if (ended != null && !isDeleted(ended)) {
            late.add(new LateRecord(record.stream(), record.session(), record.raw()));
            return new Reading.Dropped(DropReason.AFTER_END);
        }
        TurnFold before = open.getOrDefault(record.stream(), ended == null ? TurnFold.EMPTY : TurnFold.DELETED);
        return switch (before.fold(record, budget.hasRoom(), sessionOf(record))) {
            case Step.Counted(TurnFold after, String unreadable) -> {
                over.remove(record.stream()); // the id is new again
                archives.remove(record.stream());
                collecting
                        .computeIfAbsent(record.stream(), stream -> new StreamCollector(record))
                        .accepted(record);
                keep(before, after);
                yield new Reading.Counted(unreadable);
            }
            case Step.Dropped(DropReason reason) -> {
                collectDropped(record, reason);
                yield new Reading.Dropped(reason);
            }
        };
    }

    private boolean isDeleted(Turn turn) {
        return deletedAt.getOrDefault(turn.session(), SessionLog.NONE)
                > turn.trace().firstOffset();
    }

    /** Which deletions are known here. Whether there was an earlier start before where this reader began, the store knows: see {@link #disown}. */
    private SessionLog sessionOf(LogRecord.OfStream record) {
        long last = deletedAt.getOrDefault(record.session(), SessionLog.NONE);
        for (AppliedDeletion known : deletions.getOrDefault(record.session(), List.of())) {
            if (known.offset() < record.place().offset()) {
                last = Math.max(last, known.offset());
            }
        }
        return new SessionLog(0, SessionLog.NONE, last, SessionLog.NONE);
    }

    private void collectDropped(LogRecord.OfStream record, DropReason reason) {
        StreamCollector collector = collecting.get(record.stream());
        if (collector == null) {
            late.add(new LateRecord(record.stream(), record.session(), record.raw()));
        } else {
            collector.dropped(record, reason);
        }
    }

    private void keep(TurnFold before, TurnFold after) {
        Turn turn = turnOf(after);
        if (before.turn() == null) {
            steps.add(new ConversationStep.Opened(
                    turn.session(),
                    turn.stream(),
                    Title.of(turn.question().message()),
                    turn.trace().firstOffset(),
                    turn.question().at()));
        }
        if (turn.outcome() instanceof Outcome.Over end) {
            end(turn);
            steps.add(new ConversationStep.Ended(
                    turn.session(), turn.stream(), turn.trace().lastOffset(), end.at()));
        } else {
            release(open.put(turn.stream(), after));
            budget.hold(turn.heldChars());
        }
    }

    private void close(StreamId stream) {
        release(open.remove(stream));
    }

    private void release(@Nullable TurnFold before) {
        if (before != null) {
            budget.release(turnOf(before).heldChars());
        }
    }

    private void end(Turn turn) {
        close(turn.stream());
        over.put(turn.stream(), turn);
        StreamCollector collector = collecting.remove(turn.stream());
        if (collector != null && turn.outcome() instanceof Outcome.Over end && !(end instanceof Outcome.Forgotten)) {
            archives.put(turn.stream(), collector.finish(turn, end));
        }
    }

    /** No step of the conversation: the record that shows it may make one of its own. */
    private void giveUpOldest(Place now) {
        while (!open.isEmpty()) {
            Turn oldest = turnOf(open.values().iterator().next());
            if (Duration.between(oldest.question().at(), now.time()).compareTo(longestStream) <= 0) {
                return;
            }
            end(oldest.givenUp(now));
        }
    }

    private Reading forget(LogRecord.Deletion deletion) {
        SessionKey session = deletion.session();
        Place at = deletion.place();
        if (isRepeated(deletion)) {
            return new Reading.Repeated();
        }
        if (deletion.command() != LogRecord.Deletion.NO_COMMAND) {
            knowDeletions(session, List.of(new AppliedDeletion(deletion.command(), at.offset())));
        }
        deletedAt.remove(session);
        deletedAt.put(session, at.offset());
        if (deletedAt.size() > MOST_DELETED) {
            deletedAt.remove(deletedAt.keySet().iterator().next());
        }
        List<Turn> running =
                open().stream().filter(turn -> turn.session().equals(session)).toList();
        for (Turn turn : running) {
            end(turn.forgotten(at));
        }
        steps.add(new ConversationStep.Deleted(session, deletion.command(), at.offset(), at.time()));
        return new Reading.Counted(null);
    }

    private boolean isRepeated(LogRecord.Deletion deletion) {
        return deletion.command() != LogRecord.Deletion.NO_COMMAND
                && deletions.getOrDefault(deletion.session(), List.of()).stream()
                        .anyMatch(known -> known.covers(
                                deletion.command(), deletion.place().offset()));
    }

    private static Turn turnOf(TurnFold fold) {
        return Objects.requireNonNull(fold.turn(), "an open stream has a turn");
    }
}
