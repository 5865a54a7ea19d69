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

/** One message and its stream, as far as the log has them. The folds of this package change it. Times are monotonic nanoseconds. */
public final class TurnState {
    /** An offset that is not known. */
    static final long UNKNOWN = -1;

    private final StreamId id;

    // ---- its message

    /** The offset of its message's command. */
    long commandOffset = UNKNOWN;
    /** The record of its message; null if only a stop or events are known, or the turn is over. */
    CommandRecord.@Nullable Readable record;
    /** The session of its message, or of its first event if that was read before. */
    @Nullable
    SessionKey session;
    /** The session that lists it; null if none does. */
    @Nullable
    SessionKey listedIn;
    /** When this worker read its message. */
    long seenAt;

    // ---- its id

    /** Whether no other stream has its id. */
    boolean isKnownNew;
    /** Whether an earlier stream of its id is over: the turn gets no answer of its own. */
    boolean isRepeat;
    /** Commands with its id that were read before it was known whether that is new, in the order of the log. */
    final List<LaterCommands.Held> later = new ArrayList<>();
    /** The turn of a later message with the same id, after the deletion of this one's session; null if there is none. */
    @Nullable
    TurnState next;
    /** What must be deleted before it may begin, because an earlier message had its id; null if none had. */
    @Nullable
    AwaitedDeletion awaitedDeletion;
    /** The command that deleted the last stream with its id. */
    long deletedBy = UNKNOWN;

    // ---- its stream

    StreamLog log = StreamLog.EMPTY;
    /** The offset of its first event. */
    long firstEvent = UNKNOWN;

    Written written = Written.NOTHING;
    /** The time of its last accepted record. */
    RecordTime recordTime = new RecordTime(0, false);

    long elapsedMs;
    /** When this worker read its last accepted record. */
    long lastRecordAt;
    /** When this worker read the start or takeover of the current claim. */
    long claimedAt;
    /** Whether it counts among the open streams of its user. */
    boolean isCounted;

    // ---- its stop

    /** Why it is to end; null if it is not. */
    @Nullable
    StopReason stop;

    long stopSeenAt;
    /** The offset of a stop that came before its message. */
    long earlyStopOffset = UNKNOWN;
    /** The session that a stop names which came before its message. */
    @Nullable
    SessionKey earlyStopSession;
    /** The first stop that came after its message, in case one that came before it does not count. */
    @Nullable
    StopReason laterStop;

    long laterStopSeenAt;

    // ---- what is kept when it is over

    /** Its texts, for later prompts; null before its end, if there are none, and when they are forgotten. */
    @Nullable
    PastTurn past;
    /** How many characters it counts as. */
    long weight;

    /** A deletion that is asked for, and must be in the log before a turn begins. */
    record AwaitedDeletion(SessionKey session, long command) {}

    TurnState(StreamId id) {
        this.id = id;
    }

    public StreamId id() {
        return id;
    }

    /** Its message; null if only a stop or events are known, or the turn is over. */
    public @Nullable ChatStream command() {
        return record != null && record.command() instanceof ChatStream message ? message : null;
    }

    /** The offset of its message in {@code chat.commands}; -1 if it is not known. */
    public long commandOffset() {
        return commandOffset;
    }

    /** The time of its message's record; null if there is none. */
    public @Nullable Instant askedAt() {
        return record == null ? null : record.time();
    }

    /** The step of the trace that its message's record names; null if there is none. */
    public @Nullable String traceparent() {
        return record == null ? null : record.traceparent();
    }

    /** When this worker read its message. */
    public long seenAt() {
        return seenAt;
    }

    /** Whether no other stream has its id. */
    public boolean isKnownNew() {
        return isKnownNew;
    }

    /** Whether other commands wait for it to be known whether its id is new. */
    public boolean hasLater() {
        return !later.isEmpty();
    }

    /** Whether it is not known yet if an earlier stream has its id. */
    boolean isUndecided() {
        return commandOffset != UNKNOWN && !isKnownNew && !isOver() && !isOpen();
    }

    /** Whether neither a message, nor a stop, nor a stream of it is known. */
    boolean isBlank() {
        return commandOffset == UNKNOWN && stop == null && !(log instanceof StreamLog.Open) && !isOver();
    }

    public StreamLog log() {
        return log;
    }

    /** The fold of its accepted events, until it is over. */
    public Written written() {
        return written;
    }

    /** How long its stream had run at its last accepted record, by the times between its records; see {@link RecordTime#since}. */
    public long elapsedMs() {
        return elapsedMs;
    }

    boolean isNotStarted() {
        return log == StreamLog.EMPTY;
    }

    boolean isOpen() {
        return !isRepeat && log instanceof StreamLog.Open;
    }

    public boolean isOver() {
        return isRepeat || log instanceof StreamLog.Over;
    }

    /** Why it is to end; null if it is not. */
    public @Nullable StopReason stop() {
        return stop;
    }

    /** The offset of a stop that came before its message; -1 if there is none. */
    public long earlyStopOffset() {
        return earlyStopOffset;
    }

    /** It is to end; the first reason counts. */
    void stop(StopReason reason, long now) {
        if (commandOffset != UNKNOWN && laterStop == null) {
            laterStop = reason;
            laterStopSeenAt = now;
        }
        if (stop == null) {
            stop = reason;
            stopSeenAt = now;
        }
    }

    /** A stop that came before its message was not meant for it. */
    void forgetEarlyStop() {
        stop = laterStop;
        stopSeenAt = laterStopSeenAt;
        earlyStopSession = null;
        earlyStopOffset = UNKNOWN;
    }
}
