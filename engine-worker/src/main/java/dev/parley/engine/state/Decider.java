package dev.parley.engine.state;

import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.log.StreamLog;
import java.time.Duration;

/**
 * Decides what to do about a message, as a function of the log. If two workers decide to act at once, no harm is done: the order of their
 * records in the log decides. To make that rare, the owner acts at once and the others later.
 */
public final class Decider {
    /**
     * The end of a stream may have been in the log for this time, and the user may have seen it, before this worker reads it: events come in
     * larger fetches than commands, after 25 ms at the latest plus the time that a busy broker and a busy coordinator take. Only after this
     * time it is certain that a stream is still open.
     */
    static final Duration UNREAD_END = Duration.ofMillis(100);

    private final DecisionSettings settings;

    public Decider(DecisionSettings settings) {
        this.settings = settings;
    }

    /**
     * @param turn of this state
     * @param now monotonic nanoseconds, of the same clock that the state was fed with
     */
    public Decision decide(PartitionState state, TurnState turn, long now, Role role) {
        ChatStream command = turn.command();
        if (turn.isOver() || command == null) {
            return new Decision.Skip();
        }
        return turn.log() instanceof StreamLog.Open open
                ? running(state, turn, open, now, role)
                : notStarted(state, turn, command, now, role);
    }

    private Decision running(PartitionState state, TurnState turn, StreamLog.Open open, long now, Role role) {
        long silentSince = Math.max(turn.lastRecordAt, state.resumedAt());
        long leftAt = open.released()
                ? turn.lastRecordAt
                : silentSince + settings.lease().toNanos();
        if (turn.stop() != null) {
            long askedAt = Math.max(turn.stopSeenAt, turn.claimedAt); // no writer answers before its claim
            long unansweredSince = Math.max(askedAt, state.resumedAt());
            leftAt = Math.min(leftAt, unansweredSince + settings.stopPatience().toNanos());
        }
        long mayActAt = leftAt + delay(role).toNanos();
        return now < mayActAt ? new Decision.Watch(mayActAt) : new Decision.TakeOver(purpose(turn, open));
    }

    /** How much later than the owner this worker takes a stream over. */
    private Duration delay(Role role) {
        return switch (role) {
            case Role.Owner _ -> Duration.ZERO;
            case Role.ActingOwner(int rank) -> settings.actingOwnerStep().multipliedBy(rank);
            case Role.Standby(int rank) -> settings.standbyStep().multipliedBy(rank);
        };
    }

    private Purpose purpose(TurnState turn, StreamLog.Open open) {
        if (turn.stop() != null) {
            return new Purpose.Stop(turn.stop());
        }
        return settings.resume() && open.current().attempt() < settings.maxAttempts()
                ? new Purpose.Continue()
                : new Purpose.Fail();
    }

    private Decision notStarted(PartitionState state, TurnState turn, ChatStream command, long now, Role role) {
        SessionState session = state.session(command.sessionKey());
        boolean busy = session.hasUnfinishedBefore(turn.commandOffset);
        if (turn.log() instanceof StreamLog.Unknown) {
            // it was started before this state begins: workers that have read its start know whether it is over
            return new Decision.Watch(now + settings.lease().toNanos());
        }
        if (session.hasDeletionBefore(turn.commandOffset) || state.awaitsDeletion(turn)) {
            return new Decision.Wait(Decision.UNTIL_THE_LOG_SAYS);
        }
        boolean waits = busy && (command.onBusy() == OnBusy.ENQUEUE || command.onBusy() == OnBusy.INTERRUPT);
        boolean perhapsBusy = // with a message that may be a repeat
                busy && command.onBusy() == OnBusy.REJECT && !session.isBusyBefore(turn.commandOffset);
        if ((waits || perhapsBusy) && turn.stop() == null) {
            return new Decision.Wait(Decision.UNTIL_THE_LOG_SAYS);
        }
        long mayActAt = mayActAt(state, Math.max(turn.seenAt(), session.changedAt), role);
        if (now < mayActAt) {
            return new Decision.Wait(mayActAt);
        }
        if (turn.stop() != null) {
            return new Decision.Stop(turn.stop());
        }
        if (busy && command.onBusy() == OnBusy.REJECT) {
            return reject(ErrorCode.SESSION_BUSY, state, turn, now);
        }
        return state.openStreams(command.userId()) >= settings.maxStreamsPerUser()
                ? reject(ErrorCode.TOO_MANY_STREAMS, state, turn, now)
                : new Decision.Start(!isAloneWith(role));
    }

    /** Whether no other worker can have started what this one starts now. */
    private static boolean isAloneWith(Role role) {
        return role instanceof Role.Owner(boolean settled) && settled;
    }

    private static Decision reject(ErrorCode code, PartitionState state, TurnState turn, long now) {
        long sureAt = Math.max(turn.seenAt(), state.resumedAt()) + UNREAD_END.toNanos();
        return now < sureAt ? new Decision.Wait(sureAt) : new Decision.Reject(code);
    }

    /**
     * When this worker may write a deletion that is not in the log. If two workers write it, the second one changes nothing.
     *
     * @param deletion one of {@link PartitionState#deletable}
     */
    public long mayDeleteAt(PartitionState state, PartitionState.Deletion deletion, Role role) {
        return mayActAt(state, state.deletableSince(deletion), role);
    }

    /** When this worker may do what no worker has done since it was due. */
    private long mayActAt(PartitionState state, long dueAt, Role role) {
        return switch (role) {
            case Role.Owner _ -> dueAt;
            case Role.ActingOwner(int rank) ->
                dueAt + settings.actingOwnerStep().multipliedBy(rank).toNanos();
            case Role.Standby(int rank) ->
                Math.max(dueAt, state.resumedAt())
                        + settings.lease()
                                .plus(settings.standbyStep().multipliedBy(rank - 1L))
                                .toNanos();
        };
    }
}
