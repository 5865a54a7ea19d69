package dev.parley.engine.view;

import dev.parley.engine.view.Decision.Purpose;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.log.StreamLog;
import java.time.Duration;

/**
 * What to do about a message, as a function of the log. Two workers that decide at once do no harm: the order of what they write
 * settles it. Rank 0 acts at once, every other rank later, so that they seldom do.
 */
public final class Decider {
    private final ViewSettings settings;

    public Decider(ViewSettings settings) {
        this.settings = settings;
    }

    /**
     * @param turn of this view
     * @param now monotonic nanoseconds, of the same clock that the view was fed with
     * @param rank 0 for whom the group gave the partition, 1 and up for the reserves in their order
     */
    public Decision decide(LogView view, TurnView turn, long now, int rank) {
        ChatStream command = turn.command();
        if (turn.isOver() || command == null) {
            return new Decision.Skip();
        }
        return turn.log() instanceof StreamLog.Open open
                ? running(view, turn, open, now, rank)
                : notStarted(view, turn, command, now, rank);
    }

    private Decision running(LogView view, TurnView turn, StreamLog.Open open, long now, int rank) {
        long leftAt =
                open.released() ? turn.heardAt : turn.heardAt + settings.lease().toNanos();
        if (turn.stop() != null) {
            leftAt = Math.min(leftAt, turn.stopSeenAt + settings.stopPatience().toNanos());
        }
        long mine = leftAt + rank * settings.reserveStep().toNanos();
        return now < mine ? new Decision.Watch(mine) : new Decision.TakeOver(purpose(turn, open));
    }

    private Purpose purpose(TurnView turn, StreamLog.Open open) {
        if (turn.stop() != null) {
            return Purpose.STOP;
        }
        return settings.resume() && open.current().attempt() < settings.maxAttempts() ? Purpose.CONTINUE : Purpose.FAIL;
    }

    private Decision notStarted(LogView view, TurnView turn, ChatStream command, long now, int rank) {
        SessionView session = view.session(command.sessionKey());
        boolean busy = session.hasUnfinishedBefore(turn.commandOffset);
        if (session.hasDeletionBefore(turn.commandOffset)) {
            return new Decision.Wait(Decision.UNTIL_THE_LOG_SAYS);
        }
        boolean waits = busy && (command.onBusy() == OnBusy.ENQUEUE || command.onBusy() == OnBusy.INTERRUPT);
        if (waits && turn.stop() == null) {
            return new Decision.Wait(Decision.UNTIL_THE_LOG_SAYS);
        }
        long mine =
                Math.max(turn.seenAt(), session.changedAt) + reserveDelay(rank).toNanos();
        if (now < mine) {
            return new Decision.Wait(mine);
        }
        if (turn.stop() != null) {
            return new Decision.Stop(turn.stop());
        }
        if (busy && command.onBusy() == OnBusy.REJECT) {
            return new Decision.Reject(ErrorCode.SESSION_BUSY);
        }
        return view.openStreams(command.userId()) >= settings.maxStreamsPerUser()
                ? new Decision.Reject(ErrorCode.TOO_MANY_STREAMS)
                : new Decision.Start();
    }

    private Duration reserveDelay(int rank) {
        return rank == 0
                ? Duration.ZERO
                : settings.lease().plus(settings.reserveStep().multipliedBy(rank - 1L));
    }
}
