package dev.parley.engine.state;

import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.Command.StopGeneration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Commands with the id of an earlier turn of which it is not known whether that id is new. If it is, they are repeats; if not, the earlier
 * turn is a repeat itself, and they are folded again. Not thread-safe.
 */
final class LaterCommands {
    private final Sessions sessions;
    private final Turns turns;
    private final UnfinishedCommands unfinished;

    /** @param seenAt when this worker read it */
    record Held(CommandRecord.Readable record, long seenAt) {
        long offset() {
            return record.offset();
        }
    }

    LaterCommands(Sessions sessions, Turns turns, UnfinishedCommands unfinished) {
        this.sessions = sessions;
        this.turns = turns;
        this.unfinished = unfinished;
    }

    /** Holds a message with the turn's id. */
    void hold(TurnState turn, CommandRecord.Readable record, ChatStream message, long now) {
        turn.later.add(new Held(record, now));
        unfinished.hold(message);
        sessions.of(message.sessionKey()).undecided.add(record.offset());
    }

    /** Holds a stop of the turn's id. Of several that follow each other the first is enough. */
    void holdStop(TurnState turn, CommandRecord.Readable record, long now) {
        if (turn.later.isEmpty() || !(turn.later.getLast().record().command() instanceof StopGeneration)) {
            turn.later.add(new Held(record, now));
        }
    }

    /** The turn's later commands ask for nothing of their own. */
    void drop(TurnState turn) {
        for (Held each : turn.later) {
            if (each.record().command() instanceof ChatStream message) {
                unfinished.release(message);
                sessions.of(message.sessionKey()).undecided.remove(each.offset());
            }
        }
        turn.later.clear();
    }

    /** Takes what was read after the turn's command with the same id, in the order of the log, to be folded again. */
    List<Held> take(TurnState turn, long now) {
        List<Held> all = new ArrayList<>(turn.later);
        drop(turn);
        for (TurnState next = turn.next; next != null; next = next.next) {
            if (next.record != null) {
                all.add(new Held(next.record, next.seenAt));
            }
            all.addAll(next.later);
            drop(next);
            unfinished.finish(next, now);
            turns.removeEarlyStop(next);
            sessions.unlist(next);
        }
        turn.next = null;
        all.sort(Comparator.comparingLong(Held::offset));
        return all;
    }
}
