package dev.parley.engine.state;

import dev.parley.engine.state.EventRecord.Value;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.SessionLog;
import dev.parley.schema.log.SessionLog.Deletion.Effect;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Folds the events of a partition into its turns: how far each stream is, and which are deleted. Not thread-safe. */
final class EventFold {
    private final Sessions sessions;
    private final Turns turns;
    private final UnfinishedCommands unfinished;
    private final LaterCommands later;
    private final Deletions deletions;
    private final FinishedTurns finished;
    private final OpenStreams open;
    private final CheckpointTracker checkpoints;
    private final long longestPauseMs;

    /** @param longestPause the longest time between two records that is believed if writers' clocks say it */
    EventFold(
            Sessions sessions,
            Turns turns,
            UnfinishedCommands unfinished,
            LaterCommands later,
            Deletions deletions,
            FinishedTurns finished,
            OpenStreams open,
            CheckpointTracker checkpoints,
            Duration longestPause) {
        this.sessions = sessions;
        this.turns = turns;
        this.unfinished = unfinished;
        this.later = later;
        this.deletions = deletions;
        this.finished = finished;
        this.open = open;
        this.checkpoints = checkpoints;
        this.longestPauseMs = longestPause.toMillis();
    }

    /** Folds a record of a stream, if it counts. */
    Verdict stream(EventRecord.OfStream record, long now) {
        TurnState turn = turns.of(record.stream());
        Verdict verdict = deletions.judge(turn.log, record);
        if (verdict instanceof Verdict.Accepted(StreamLog after)) {
            turn.log = after;
            accepted(turn, record, now);
        } else {
            turn.log = verdict.after(turn.log);
            turns.dropIfBlank(turn); // its stream began before this state did
        }
        return verdict;
    }

    private void accepted(TurnState turn, EventRecord.OfStream record, long now) {
        turn.lastRecordAt = now;
        if (record.entry() instanceof Entry.Start start) {
            turn.session = record.session();
            later.drop(turn);
            turns.notBlank(turn.id());
            started(turn, start.statesFolded() ? Math.min(record.offset(), start.folded() + 1) : record.offset());
        }
        if (record.startsOrTakesOver()) {
            turn.claimedAt = now;
        }
        write(turn, record);
        open.count(turn, turn.isOpen());
        if (turn.log instanceof StreamLog.Over) {
            ended(turn, record.session(), now);
        }
    }

    /** @param firstEvent the offset from which on a reader sees the start and knows that it is the first one */
    private void started(TurnState turn, long firstEvent) {
        turn.firstEvent = firstEvent;
        if (turn.commandOffset == TurnState.UNKNOWN) {
            checkpoints.startedWithoutCommand(firstEvent);
        } else {
            checkpoints.started(turn.commandOffset, firstEvent);
        }
    }

    private void write(TurnState turn, EventRecord.OfStream record) {
        Entry entry = record.entry();
        if (!(entry instanceof Entry.Start)) {
            turn.elapsedMs += record.time().since(turn.recordTime, longestPauseMs);
        }
        turn.recordTime = record.time();
        if (record.value() instanceof Value.Known(StreamEvent event)) {
            turn.written = turn.written.evolve(event, turn.elapsedMs);
        } else if (entry instanceof Entry.Event || entry instanceof Entry.Terminal) {
            turn.written = turn.written.evolveUnknown();
        }
    }

    private void ended(TurnState turn, SessionKey key, long now) {
        if (turn.commandOffset == TurnState.UNKNOWN) {
            checkpoints.doneWithoutCommand(turn.firstEvent, now);
        } else {
            unfinished.finish(turn, now);
        }
        SessionState session = sessions.of(key);
        session.changedAt = now;
        sessions.list(key, turn);
        finished.add(session, turn);
    }

    /** Folds {@code conversation_deleted}: what came before it in the session is forgotten. One that is written again changes nothing. */
    void deletion(EventRecord.OfSession record, long now) {
        SessionKey key = record.session();
        SessionState session = sessions.of(key);
        Long command = record.command() == null && !session.deletions.isEmpty()
                ? session.deletions.getFirst()
                : record.command();
        SessionLog.Deletion deletion = deletions.happened(record, command);
        if (deletion.effect() == Effect.REPEATED) {
            return;
        }
        if (command != null) {
            deletions.done(command, record, now);
        }
        for (TurnState turn : turns.ofSession(key)) {
            if (isDeleted(turn, command, deletion.effect())) {
                delete(turn, command, deletion, now);
            }
        }
        session.changedAt = now;
        session.deleted = true;
    }

    private static boolean isDeleted(TurnState turn, @Nullable Long command, Effect effect) {
        boolean earlier = command == null ? turn.isOver() : turn.commandOffset < command;
        return earlier && (effect == Effect.RESET || !(turn.isOver() || turn.isOpen()));
    }

    /** The turn ends, and its id is new again. */
    private void delete(TurnState turn, @Nullable Long command, SessionLog.Deletion deletion, long now) {
        unfinished.finish(turn, now);
        open.count(turn, false);
        finished.remove(turn);
        turns.removeEarlyStop(turn);
        sessions.unlist(turn);
        later.drop(turn);
        TurnState next = turn.next == null ? new TurnState(turn.id()) : turn.next;
        next.log = deletion.after(turn.log);
        next.awaitedDeletion = null;
        next.deletedBy = Math.max(turn.deletedBy, command == null ? turn.commandOffset : command);
        turns.makeCurrent(next);
        turns.dropIfBlank(next);
    }
}
