package dev.parley.projection.turn;

import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.SessionLog;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One stream as a reader knows it: {@link StreamLog} decides which records count, and what those say is the turn. A record that
 * does not count changes nothing, whatever its value says; it is not even read. Immutable; fold from {@link #EMPTY}.
 *
 * @param turn null before the start
 */
public record TurnFold(StreamLog log, @Nullable Turn turn) {

    public static final TurnFold EMPTY = new TurnFold(StreamLog.EMPTY, null);

    /** What came of a record. */
    public sealed interface Step {

        /** @param unreadable why the value could not be read; it counts all the same, for every reader alike, and null if it could */
        record Counted(TurnFold after, @Nullable String unreadable) implements Step {}

        record Dropped(DropReason reason) implements Step {}
    }

    /** A stream whose conversation was deleted: a start whose writer knew of that begins it anew. */
    static final TurnFold DELETED = new TurnFold(StreamLog.DELETED, null);

    /** Folds the next record of this stream in the order of the log, by a reader that read all of it. */
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
            case Entry.Start _ -> begun(after, record);
            case Entry.Takeover takeover ->
                readable(after, begunTurn().takenOver(takeover.claim().attempt(), record.place()));
            case Entry.Keepalive _, Entry.Released _ -> readable(after, begunTurn());
            case Entry.Event event -> grown(after, record, event.seq(), room);
            case Entry.Terminal end -> ended(after, record, end.seq());
        };
    }

    private static Step begun(StreamLog after, LogRecord.OfStream record) {
        return switch (EventValue.of(record, 0)) {
            case EventValue.Read(StreamStart start) ->
                readable(after, Turn.begin(record.session(), start, record.place(), foldedBy(record)));
            case EventValue.Unreadable(String reason) -> unreadStart(after, record, reason);
            case EventValue.Read _, EventValue.Foreign _ -> unreadStart(after, record, "not a start");
        };
    }

    private static Step unreadStart(StreamLog after, LogRecord.OfStream record, String reason) {
        return unreadable(
                after, Turn.beginUnread(record.stream(), record.session(), record.place(), foldedBy(record)), reason);
    }

    private static long foldedBy(LogRecord.OfStream start) {
        return start.entry() instanceof Entry.Start entry ? entry.folded() : Entry.Start.NOT_STATED;
    }

    private Step grown(StreamLog after, LogRecord.OfStream record, long seq, boolean room) {
        return switch (EventValue.of(record, seq)) {
            case EventValue.Read(var event) -> readable(after, begunTurn().plus(event, record.place(), room));
            case EventValue.Foreign _ -> readable(after, begunTurn().plusNothing(record.place(), false));
            case EventValue.Unreadable(String reason) ->
                unreadable(after, begunTurn().plusNothing(record.place(), true), reason);
        };
    }

    private Step ended(StreamLog after, LogRecord.OfStream record, long seq) {
        return switch (EventValue.of(record, seq)) {
            case EventValue.Read(var event) -> readable(after, begunTurn().plus(event, record.place(), true));
            case EventValue.Foreign _ -> unreadable(after, begunTurn().endedUnread(record.place()), "not an end");
            case EventValue.Unreadable(String reason) ->
                unreadable(after, begunTurn().endedUnread(record.place()), reason);
        };
    }

    private static Step readable(StreamLog after, Turn turn) {
        return new Step.Counted(new TurnFold(after, turn), null);
    }

    private static Step unreadable(StreamLog after, Turn turn, String reason) {
        return new Step.Counted(new TurnFold(after, turn), reason);
    }

    private Turn begunTurn() {
        return Objects.requireNonNull(turn, "only a start counts before the start");
    }
}
