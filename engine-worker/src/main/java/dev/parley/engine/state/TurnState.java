package dev.parley.engine.state;

import dev.parley.engine.stream.Written;
import dev.parley.prompt.PastTurn;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.StreamLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One message and its answer, as the log has them so far. */
public final class TurnState {
    static final long NOT_ASKED = -1;
    static final long NO_EVENT = -1;

    private final StreamId id;
    long commandOffset = NOT_ASKED;

    /** Of its command, or of its first event if that was read before. */
    @Nullable
    SessionKey session;

    /** The turn that asks for the same id after the deletion of this one's session; null if none does. */
    @Nullable
    TurnState next;

    /** The session and the command of the deletion after which it may begin, since its id was asked for before; null if it was not. */
    PartitionState.@Nullable AwaitedDeletion awaited;

    /** A command with the id of a turn, which it repeats unless the turn is itself a repeat. */
    record LaterCommand(CommandRecord.Readable record, long seenAt) {
        long offset() {
            return record.offset();
        }
    }

    private boolean knownNew;

    /** The record of its command; null if only a stop or events are known, or the turn is over. */
    CommandRecord.@Nullable Readable record;

    long seenAt;
    long firstEvent = NO_EVENT;
    StreamLog log = StreamLog.EMPTY;
    Written written = Written.NOTHING;
    /** The time of its last accepted record. */
    RecordTime recordTime = new RecordTime(0, false);

    long elapsedMs;
    long heardAt;
    /** When the current claim was heard of. */
    long claimedAt;

    @Nullable
    StopReason stop;

    long stopSeenAt;
    /** What a stop that came before its message names. */
    @Nullable
    SessionKey stopSession;

    /** The command of the deletion that ended the last stream with its id; -1 if none is known. */
    long after = NOT_ASKED;

    /** Of a stop that came before its message. */
    long stopOffset = NOT_ASKED;

    /** The first stop that came after its message, beside one that came before it. */
    @Nullable
    StopReason laterStop;

    long laterStopSeenAt;

    boolean repeatOfFinished;
    /** Whether it counts among the running streams of its user. */
    boolean counted;
    /** The session that lists it; null if none does. */
    @Nullable
    SessionKey listedIn;

    /** Commands with the same id that were read before it was known whether this one is new, in the order of the log. */
    final List<LaterCommand> later = new ArrayList<>();
    /** What is kept of its texts once it is over; null before, if there is none, and if it is forgotten. */
    @Nullable
    PastTurn past;

    /** What it counts for, once it is over. */
    long weight;

    TurnState(StreamId id) {
        this.id = id;
    }

    public StreamId id() {
        return id;
    }

    /** What was asked, or null if only a stop or events are known, or the turn is over. */
    public @Nullable ChatStream command() {
        return record != null && record.command() instanceof ChatStream chat ? chat : null;
    }

    /** The time of the command's record; null if it has none. */
    public @Nullable Instant askedAt() {
        return record == null ? null : record.time();
    }

    /** Of the command in {@code chat.commands}; -1 if it is not known. */
    public long commandOffset() {
        return commandOffset;
    }

    /** The offset of a stop that came before the command; -1 if there is none. */
    public long earlyStopOffset() {
        return stopOffset;
    }

    /** Whether no other stream has its id. */
    public boolean isKnownNew() {
        return knownNew;
    }

    /** Whether other commands wait for it to be known whether this one is new. */
    public boolean hasLater() {
        return !later.isEmpty();
    }

    void setKnownNew() {
        knownNew = true;
    }

    /** Whether nothing is known of it but how its events are to be judged. */
    boolean isBlank() {
        return commandOffset == NOT_ASKED && stop == null && !(log instanceof StreamLog.Open) && !isOver();
    }

    public @Nullable String traceparent() {
        return record == null ? null : record.traceparent();
    }

    public StreamLog log() {
        return log;
    }

    /** The fold of the accepted events, until it is over. */
    public Written written() {
        return written;
    }

    /** How long the stream had run at its last accepted record, by the times between its records; see {@link RecordTime#since}. */
    public long elapsedMs() {
        return elapsedMs;
    }

    /** When this worker saw the command, in its monotonic nanoseconds. */
    public long seenAt() {
        return seenAt;
    }

    /** Why it is to end, or null if it is not. */
    public @Nullable StopReason stop() {
        return stop;
    }

    public boolean isOver() {
        return repeatOfFinished || log instanceof StreamLog.Over;
    }

    boolean isOpen() {
        return !repeatOfFinished && log instanceof StreamLog.Open;
    }

    /** Whether it is not known yet if an earlier stream has its id. */
    boolean isUndecided() {
        return commandOffset != NOT_ASKED && !knownNew && !isOver() && !isOpen();
    }

    void stop(StopReason reason, long now) {
        if (commandOffset != NOT_ASKED && laterStop == null) {
            laterStop = reason;
            laterStopSeenAt = now;
        }
        if (stop == null) {
            stop = reason;
            stopSeenAt = now;
        }
    }
}
