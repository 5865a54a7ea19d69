package dev.parley.engine.state;

import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.log.StreamLog;
import java.time.Duration;

/**
 * What to do about a message, as a function of the log. Two workers that decide at once do no harm: the order of what they write
 * settles it. The owner acts at once, all others later, so that they seldom do.
 */
public final class Decider {
    /**
     * For so long an end may be in the log, and seen by whoever asks next, before this worker has read it: its events come in larger
     * fetches than its commands, after 25 ms at the latest and the time that a busy broker and a busy coordinator take. Only then is it sure
     * that something runs.
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
            long askedAt = Math.max(turn.stopSeenAt, turn.claimedAt); // no writer answers before it has the stream
            long unansweredSince = Math.max(askedAt, state.resumedAt());
            leftAt = Math.min(leftAt, unansweredSince + settings.stopPatience().toNanos());
        }
        long mine = leftAt + headStart(role).toNanos();
        return now < mine ? new Decision.Watch(mine) : new Decision.TakeOver(purpose(turn, open));
    }

    /** How long others that would take a stream over come before this worker. */
    private Duration headStart(Role role) {
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
            // it was started before this state begins; workers that have read its start know whether it is over
            return new Decision.Watch(now + settings.lease().toNanos());
        }
        if (session.hasDeletionBefore(turn.commandOffset) || state.awaitsDeletion(turn)) {
            return new Decision.Wait(Decision.UNTIL_THE_LOG_SAYS);
        }
        boolean waits = busy && (command.onBusy() == OnBusy.ENQUEUE || command.onBusy() == OnBusy.INTERRUPT);
        boolean perhapsBusy =
                busy && command.onBusy() == OnBusy.REJECT && !session.isBusyBefore(turn.commandOffset); // by a repeat
        if ((waits || perhapsBusy) && turn.stop() == null) {
            return new Decision.Wait(Decision.UNTIL_THE_LOG_SAYS);
        }
        long mine = mayActAt(state, Math.max(turn.seenAt(), session.changedAt), role);
        if (now < mine) {
            return new Decision.Wait(mine);
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
     * When it is for this worker to write a deletion that nobody has written. Two that do it do no harm either: the second one changes
     * nothing.
     *
     * @param deletion one of {@link PartitionState#deletable}
     */
    public long mayDeleteAt(PartitionState state, PartitionState.Deletion deletion, Role role) {
        return mayActAt(state, state.deletableSince(deletion), role);
    }

    /** When it is for this worker to do what nobody has done since it was seen to be due. */
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
