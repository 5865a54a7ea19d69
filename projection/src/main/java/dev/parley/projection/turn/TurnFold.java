package dev.parley.projection.turn;

import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.SessionLog;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import dev.parley.store.turn.Turn;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fold of one stream: {@link StreamLog} decides which records count, and the turn is made of those. A record that does not count changes
 * nothing, and its value is not read. Immutable; the fold begins with {@link #EMPTY}.
 *
 * @param turn null before the start
 */
public record TurnFold(StreamLog log, @Nullable Turn turn) {

    public static final TurnFold EMPTY = new TurnFold(StreamLog.EMPTY, null);

    /** A stream whose conversation was deleted: a start whose writer had folded the deletion begins it again. */
    static final TurnFold DELETED = new TurnFold(StreamLog.DELETED, null);

    /** The result of folding a record. */
    public sealed interface Step {

        /** @param unreadable why the value could not be read, or null. The record counts for every reader either way */
        record Counted(TurnFold after, @Nullable String unreadable) implements Step {}

        record Dropped(DropReason reason) implements Step {}
    }

    /** Folds the next record of this stream in the order of the log, for a reader that has read the log from its beginning. */
    public Step fold(LogRecord.OfStream record) {
        return fold(record, true, SessionLog.readFrom(0));
    }

    /**
     * @param room whether the text of the record may be held
     * @param session that the key of the record names
     */
    Step fold(LogRecord.OfStream record, boolean room, SessionLog session) {
        return switch (session.accept(log, record.entry())) {
            case Verdict.Accepted(StreamLog after) -> counted(after, record, room);
            case Verdict.Dropped(DropReason reason) -> new Step.Dropped(reason);
        };
    }

    private Step counted(StreamLog after, LogRecord.OfStream record, boolean room) {
        return switch (record.entry()) {
            case Entry.Start start -> begun(after, record, start.folded());
            case Entry.Takeover takeover ->
                readable(
                        after,
                        TurnEvents.takenOver(begunTurn(), takeover.claim().attempt(), record.position()));
            case Entry.Keepalive _, Entry.Released _ -> readable(after, begunTurn());
            case Entry.Event event -> grown(after, record, event.seq(), room);
            case Entry.Terminal end -> ended(after, record, end.seq());
        };
    }

    private static Step begun(StreamLog after, LogRecord.OfStream record, long folded) {
        return switch (EventValue.of(record, 0)) {
            case EventValue.Read(StreamStart start) ->
                readable(after, TurnEvents.begin(record.session(), start, record.position(), folded));
            case EventValue.Unreadable(String reason) -> unreadStart(after, record, folded, reason);
            case EventValue.Read _, EventValue.UnknownType _ -> unreadStart(after, record, folded, "not a start");
        };
    }

    private static Step unreadStart(StreamLog after, LogRecord.OfStream record, long folded, String reason) {
        return unreadable(
                after, TurnEvents.beginUnread(record.stream(), record.session(), record.position(), folded), reason);
    }

    private Step grown(StreamLog after, LogRecord.OfStream record, long seq, boolean room) {
        return switch (EventValue.of(record, seq)) {
            case EventValue.Read(var event) ->
                readable(after, TurnEvents.after(begunTurn(), event, record.position(), room));
            case EventValue.UnknownType _ ->
                readable(after, TurnEvents.afterUnread(begunTurn(), record.position(), false));
            case EventValue.Unreadable(String reason) ->
                unreadable(after, TurnEvents.afterUnread(begunTurn(), record.position(), true), reason);
        };
    }

    private Step ended(StreamLog after, LogRecord.OfStream record, long seq) {
        return switch (EventValue.of(record, seq)) {
            case EventValue.Read(var event) ->
                readable(after, TurnEvents.after(begunTurn(), event, record.position(), true));
            case EventValue.UnknownType _ ->
                unreadable(after, TurnEvents.endedUnread(begunTurn(), record.position()), "not an end");
            case EventValue.Unreadable(String reason) ->
                unreadable(after, TurnEvents.endedUnread(begunTurn(), record.position()), reason);
        };
    }

    private static Step readable(StreamLog after, Turn turn) {
        return new Step.Counted(new TurnFold(after, turn), null);
    }

    private static Step unreadable(StreamLog after, Turn turn, String reason) {
        return new Step.Counted(new TurnFold(after, turn), reason);
    }

    /** The turn of a stream whose start was accepted. */
    Turn begunTurn() {
        return Objects.requireNonNull(turn, "only a start is accepted before the start");
    }
}
