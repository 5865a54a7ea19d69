package dev.parley.projection.turn;

import dev.parley.projection.turn.TurnFold.Step;
import dev.parley.schema.event.Title;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.DropReason;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.LogPosition;
import dev.parley.store.turn.Outcome;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.turn.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fold of one partition of {@code chat.events} from some offset on: the unfinished turns, and what is to be written. Only unfinished turns
 * stay in memory; finished ones leave with {@link #written}.
 *
 * <p><b>Where a reader begins.</b> A reader begins at or before the start of every stream that was unfinished at the last commit. Of a stream
 * that was over by then it may read records without the start, which do not count, or a second start, which does not count either but looks
 * like the first one. The store has the first one: see {@link #discard}.
 *
 * <p><b>Deleted conversations.</b> A deletion makes the ids of its streams new again. A start whose writer had folded the deletion begins a new
 * turn and a new archive. Nothing of the deleted turn is kept, not even among the late records of the new one.
 *
 * <p><b>Streams without an end.</b> A stream that has no end when the partition reaches a record whose time is {@code longestStream} after its
 * start is given up as {@code WORKER_LOST}, and its later records do not count. So one broken stream cannot hold back commits or memory for
 * ever. The rule depends on records alone, so readers agree wherever they began.
 *
 * <p>Not thread-safe.
 */
public final class PartitionFold {

    private final Duration longestStream;
    private final OpenTurns open;
    private final SessionDeletions deletions = new SessionDeletions();
    private final Map<StreamId, Turn> over = new LinkedHashMap<>();
    private final Map<StreamId, StreamCollector> collecting = new HashMap<>();
    private final Map<StreamId, StreamArchive> archives = new LinkedHashMap<>();
    private final List<LateRecord> late = new ArrayList<>();
    private final List<ConversationStep> steps = new ArrayList<>();
    private long next;

    public PartitionFold(Duration longestStream) {
        this(longestStream, TextBudget.unbounded());
    }

    /** @param budget shared with the other partitions of the reader */
    public PartitionFold(Duration longestStream, TextBudget budget) {
        this.longestStream = longestStream;
        this.open = new OpenTurns(budget);
    }

    /** The result of reading a record. */
    public sealed interface Reading {

        /** @param unreadable why its value could not be read, or null if it could */
        record Counted(@Nullable String unreadable) implements Reading {}

        record Dropped(DropReason reason) implements Reading {}

        /** It was read before, or is a deletion that repeats an earlier one. */
        record Repeated() implements Reading {}
    }

    /** Folds the next record of the partition. A record that was read before changes nothing. */
    public Reading read(LogRecord record) {
        if (record.position().offset() < next) {
            return new Reading.Repeated();
        }
        next = record.position().offset() + 1;
        giveUpOldest(record.position());
        return switch (record) {
            case LogRecord.OfStream ofStream -> readStream(ofStream);
            case LogRecord.Deletion deletion -> readDeletion(deletion);
        };
    }

    /**
     * Adds the deletions that the store has applied to a session. Call this, each time since {@link #written}, before {@link #read} is given a
     * {@link LogRecord.Deletion} of the session that names its command, or a start whose writer had not folded all records before the offset
     * where this reader began.
     */
    public void knowDeletions(SessionKey session, List<AppliedDeletion> stored) {
        deletions.know(session, stored);
    }

    /** The unfinished turns, oldest first. */
    public Collection<Turn> open() {
        return open.turns();
    }

    /** The turns that ended since the last {@link #written}. */
    public List<Turn> over() {
        return List.copyOf(over.values());
    }

    /** The changes of conversations since the last {@link #written}, in the order of the log. */
    public List<ConversationStep> steps() {
        return List.copyOf(steps);
    }

    /** Of each stream that ended since the last {@link #written} and is not deleted. */
    public Collection<StreamArchive> archives() {
        return List.copyOf(archives.values());
    }

    /** Records since the last {@link #written} whose stream is over, or whose start this reader has not read. */
    public List<LateRecord> late() {
        return List.copyOf(late);
    }

    /** The records of a stream that is to be discarded: they came after the end of the one that the store has. */
    public List<LateRecord> lateOf(StreamId stream) {
        StreamCollector collector = collecting.get(stream);
        StreamArchive ended = archives.get(stream);
        if (collector != null) {
            return collector.asLate();
        }
        return ended == null ? List.of() : StreamCollector.asLate(stream, ended.session(), ended.parts());
    }

    /** To be called when all of {@link #over()}, {@link #archives()}, {@link #late()} and {@link #steps()} is in the store. */
    public void written() {
        over.clear();
        archives.clear();
        late.clear();
        steps.clear();
        deletions.written();
    }

    /** To be called when the store has this stream from an earlier start, before the offset where this reader began. */
    public void discard(StreamId stream) {
        open.remove(stream);
        collecting.remove(stream);
    }

    /** Releases its memory. */
    public void close() {
        open.clear();
        collecting.clear();
    }

    /**
     * Where a reader has to begin to know all that this one knows, once everything is written.
     *
     * @param position the offset after the last record that was read or skipped
     */
    public long restartAt(long position) {
        Turn oldest = open.oldest();
        return oldest == null ? position : oldest.trace().firstOffset();
    }

    private Reading readStream(LogRecord.OfStream record) {
        Turn ended = over.get(record.stream());
        if (ended != null && !deletions.haveDeleted(ended)) {
            late.add(new LateRecord(record.stream(), record.session(), record.raw()));
            return new Reading.Dropped(DropReason.AFTER_END);
        }
        TurnFold known = open.get(record.stream());
        TurnFold before = known != null ? known : ended == null ? TurnFold.EMPTY : TurnFold.DELETED;
        return switch (before.fold(record, open.hasRoom(), deletions.before(record))) {
            case Step.Counted(TurnFold after, String unreadable) -> {
                over.remove(record.stream()); // the id is new again
                archives.remove(record.stream());
                collecting
                        .computeIfAbsent(record.stream(), _ -> new StreamCollector(record))
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

    private void collectDropped(LogRecord.OfStream record, DropReason reason) {
        StreamCollector collector = collecting.get(record.stream());
        if (collector == null) {
            late.add(new LateRecord(record.stream(), record.session(), record.raw()));
        } else {
            collector.dropped(record, reason);
        }
    }

    private void keep(TurnFold before, TurnFold after) {
        Turn turn = after.begunTurn();
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
            open.put(after);
        }
    }

    private void end(Turn turn) {
        open.remove(turn.stream());
        over.put(turn.stream(), turn);
        StreamCollector collector = collecting.remove(turn.stream());
        if (collector != null && turn.outcome() instanceof Outcome.Over end && !turn.isDeleted()) {
            archives.put(turn.stream(), collector.finish(turn, end));
        }
    }

    /** Makes no step of the conversation, because the record at this position may make one of its own. */
    private void giveUpOldest(LogPosition now) {
        for (Turn oldest = open.oldest(); oldest != null; oldest = open.oldest()) {
            if (Duration.between(oldest.question().at(), now.time()).compareTo(longestStream) <= 0) {
                return;
            }
            end(TurnEvents.givenUp(oldest, now));
        }
    }

    private Reading readDeletion(LogRecord.Deletion deletion) {
        SessionKey session = deletion.session();
        LogPosition at = deletion.position();
        if (deletions.isRepeated(deletion)) {
            return new Reading.Repeated();
        }
        deletions.add(deletion);
        open.turns().stream().filter(turn -> turn.session().equals(session)).forEach(turn -> end(turn.deleted(at)));
        steps.add(new ConversationStep.Deleted(session, deletion.command(), at.offset(), at.time()));
        return new Reading.Counted(null);
    }
}
