package dev.parley.engine.state;

import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.StreamLog;

/** Folds the commands of a partition: messages into turns, stops and deletions into what they end. Not thread-safe. */
final class CommandFold {
    private final Sessions sessions;
    private final Turns turns;
    private final UnfinishedCommands unfinished;
    private final LaterCommands later;
    private final Deletions deletions;
    private final FinishedTurns finished;
    private final CheckpointTracker checkpoints;

    CommandFold(
            Sessions sessions,
            Turns turns,
            UnfinishedCommands unfinished,
            LaterCommands later,
            Deletions deletions,
            FinishedTurns finished,
            CheckpointTracker checkpoints) {
        this.sessions = sessions;
        this.turns = turns;
        this.unfinished = unfinished;
        this.later = later;
        this.deletions = deletions;
        this.finished = finished;
        this.checkpoints = checkpoints;
    }

    /** A message opens a turn, unless an earlier one has its id: the first one counts. */
    void message(CommandRecord.Readable record, ChatStream message, long now) {
        long offset = record.offset();
        unfinished.read(offset);
        SessionKey key = message.sessionKey();
        if (offset < deletions.deletedBy(key)) {
            return; // it is deleted already
        }
        StreamId id = new StreamId(message.userId(), message.messageId());
        TurnState turn = turnOf(id, offset);
        if (turn.commandOffset != TurnState.UNKNOWN) {
            checkpoints.needs(offset, turn.commandOffset);
            if (turn.isUndecided() && turn.commandOffset < offset) {
                later.hold(turn, record, message, now);
            }
            return;
        }
        turn.commandOffset = offset;
        if (!(turn.log instanceof StreamLog.Open || turn.isOver()) || turn.session == null) {
            turn.session = key;
        }
        turn.seenAt = now;
        turns.messageCame(id);
        checkpoints.add(turn, now);
        SessionState session = sessions.of(key);
        if (message.onBusy() == OnBusy.INTERRUPT && !turn.isOver()) {
            session.interrupt(offset, now); // what is over already may repeat what this state has not read
        }
        if (offset < session.interruptedAt || session.hasDeletionAfter(offset)) {
            turn.stop(StopReason.INTERRUPTED, now); // it is folded for the second time
        }
        if (turn.awaitedDeletion == null && finished.hasForgotten(id)) {
            return; // its events were read first, and it has been over for long
        }
        sessions.list(key, turn);
        if (!turn.isOver()) {
            turn.record = record;
            unfinished.add(turn, message);
        }
    }

    /**
     * The turn that a command of this id is about: a new one if the session of the last one is to be deleted, or if the last one was a repeat,
     * because then the session of its stream is not known here.
     */
    private TurnState turnOf(StreamId id, long offset) {
        TurnState turn = turns.last(id);
        if (turn.isRepeat && turns.isCurrent(turn) && !(turn.log instanceof StreamLog.Over)) {
            return replaced(turn);
        }
        SessionState session = turn.session == null ? null : sessions.find(turn.session);
        if (session == null || turn.session == null) {
            return turn;
        }
        Long deletion = session.lastDeletionBefore(offset);
        if (deletion == null || deletion <= turn.commandOffset) {
            return turn;
        }
        TurnState next = new TurnState(id);
        next.awaitedDeletion = new TurnState.AwaitedDeletion(turn.session, deletion);
        turn.next = next;
        return next;
    }

    /** A new turn in place of one that is a repeat. */
    private TurnState replaced(TurnState turn) {
        finished.remove(turn);
        sessions.unlist(turn);
        TurnState fresh = new TurnState(turn.id());
        fresh.log = turn.log;
        turns.makeCurrent(fresh);
        return fresh;
    }

    /** A stop ends its turn, whatever session it names. It may come before the turn's message, and be read again. */
    void stop(CommandRecord.Readable record, StopGeneration stop, long now) {
        long offset = record.offset();
        TurnState turn = turnOf(new StreamId(stop.userId(), stop.messageId()), offset);
        if (offset < turn.deletedBy) {
            return; // it meant a stream that is deleted
        }
        turn.stop(StopReason.USER_CANCELLED, now);
        if (turn.isUndecided()) {
            later.holdStop(turn, record, now);
        }
        if (turn.commandOffset != TurnState.UNKNOWN || turn.isOver()) {
            return;
        }
        turns.notBlank(turn.id());
        turn.earlyStopOffset = offset;
        turn.earlyStopSession = stop.sessionKey();
        checkpoints.add(offset);
        checkpoints.done(offset, now);
        if (!turn.isOpen()) {
            turns.addEarlyStop(turn);
        }
    }

    /** A deletion interrupts what is before it in its session. */
    void deletion(long offset, SessionKey key, long now) {
        unfinished.read(offset);
        turns.forgetEarlyStops(key, offset);
        if (deletions.request(offset, key, now)) {
            sessions.of(key).interrupt(offset, now);
        }
    }
}
