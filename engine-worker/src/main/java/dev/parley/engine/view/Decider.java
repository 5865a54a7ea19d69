package dev.parley.engine.view;

import dev.parley.engine.view.Decision.Purpose;
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
     * fetches than its commands, after 25 ms at the latest and the time that a busy broker and a busy desk take. Only then is it sure
     * that something runs.
     */
    static final Duration UNREAD_END = Duration.ofMillis(100);

    private final ViewSettings settings;

    public Decider(ViewSettings settings) {
        this.settings = settings;
    }

    /**
     * @param turn of this view
     * @param now monotonic nanoseconds, of the same clock that the view was fed with
     */
    public Decision decide(LogView view, TurnView turn, long now, Standing standing) {
        ChatStream command = turn.command();
        if (turn.isOver() || command == null) {
            return new Decision.Skip();
        }
        return turn.log() instanceof StreamLog.Open open
                ? running(view, turn, open, now, standing)
                : notStarted(view, turn, command, now, standing);
    }

    private Decision running(LogView view, TurnView turn, StreamLog.Open open, long now, Standing standing) {
        long heardAt = Math.max(turn.heardAt, view.awakeAt());
        long leftAt =
                open.released() ? turn.heardAt : heardAt + settings.lease().toNanos();
        if (turn.stop() != null) {
            long askedAt = Math.max(turn.stopSeenAt, turn.claimedAt); // no writer answers before it has the stream
            long stopHeardAt = Math.max(askedAt, view.awakeAt());
            leftAt = Math.min(leftAt, stopHeardAt + settings.stopPatience().toNanos());
        }
        long mine = leftAt + headStart(standing).toNanos();
        return now < mine ? new Decision.Watch(mine) : new Decision.TakeOver(purpose(turn, open));
    }

    /** How long others that would take a stream over come before this worker. */
    private Duration headStart(Standing standing) {
        return switch (standing) {
            case Standing.Owner _ -> Duration.ZERO;
            case Standing.Deputy(int rank) -> settings.deputyStep().multipliedBy(rank);
            case Standing.Reserve(int rank) -> settings.reserveStep().multipliedBy(rank);
        };
    }

    private Purpose purpose(TurnView turn, StreamLog.Open open) {
        if (turn.stop() != null) {
            return Purpose.STOP;
        }
        return settings.resume() && open.current().attempt() < settings.maxAttempts() ? Purpose.CONTINUE : Purpose.FAIL;
    }

    private Decision notStarted(LogView view, TurnView turn, ChatStream command, long now, Standing standing) {
        SessionView session = view.session(command.sessionKey());
        boolean busy = session.hasUnfinishedBefore(turn.commandOffset);
        if (turn.log() instanceof StreamLog.Unknown) {
            // it was started before this view begins; workers that have read its start know whether it is over
            return new Decision.Watch(now + settings.lease().toNanos());
        }
        if (session.hasDeletionBefore(turn.commandOffset) || view.awaitsDeletion(turn)) {
            return new Decision.Wait(Decision.UNTIL_THE_LOG_SAYS);
        }
        boolean waits = busy && (command.onBusy() == OnBusy.ENQUEUE || command.onBusy() == OnBusy.INTERRUPT);
        boolean perhapsBusy =
                busy && command.onBusy() == OnBusy.REJECT && !session.isBusyBefore(turn.commandOffset); // by a repeat
        if ((waits || perhapsBusy) && turn.stop() == null) {
            return new Decision.Wait(Decision.UNTIL_THE_LOG_SAYS);
        }
        long mine = mayActAt(view, Math.max(turn.seenAt(), session.changedAt), standing);
        if (now < mine) {
            return new Decision.Wait(mine);
        }
        if (turn.stop() != null) {
            return new Decision.Stop(turn.stop());
        }
        if (busy && command.onBusy() == OnBusy.REJECT) {
            return reject(ErrorCode.SESSION_BUSY, view, turn, now);
        }
        return view.openStreams(command.userId()) >= settings.maxStreamsPerUser()
                ? reject(ErrorCode.TOO_MANY_STREAMS, view, turn, now)
                : new Decision.Start();
    }

    private static Decision reject(ErrorCode code, LogView view, TurnView turn, long now) {
        long sureAt = Math.max(turn.seenAt(), view.awakeAt()) + UNREAD_END.toNanos();
        return now < sureAt ? new Decision.Wait(sureAt) : new Decision.Reject(code);
    }

    /**
     * When it is for this worker to write a deletion that nobody has written. Two that do it do no harm either: the second one changes
     * nothing.
     *
     * @param deletion one of {@link LogView#deletable}
     */
    public long mayDeleteAt(LogView view, LogView.Deletion deletion, Standing standing) {
        return mayActAt(view, view.deletableSince(deletion), standing);
    }

    /** When it is for this worker to do what nobody has done since it was seen to be due. */
    private long mayActAt(LogView view, long dueAt, Standing standing) {
        return switch (standing) {
            case Standing.Owner _ -> dueAt;
            case Standing.Deputy(int rank) ->
                dueAt + settings.deputyStep().multipliedBy(rank).toNanos();
            case Standing.Reserve(int rank) ->
                Math.max(dueAt, view.awakeAt())
                        + settings.lease()
                                .plus(settings.reserveStep().multipliedBy(rank - 1L))
                                .toNanos();
        };
    }
}
