package dev.parley.engine.desk;

import dev.parley.engine.view.TurnView;
import dev.parley.schema.id.StreamId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Whether the id of a turn is known to be new, so that its stream may be started. The ids of {@code chat.commands} tell it; for ids that
 * may be older than those the store is asked. While neither can tell, the turn waits, and the store is asked again. Not thread-safe.
 */
final class Novelty {
    /** Questions to the store that are not answered yet. */
    private static final int MOST_QUESTIONS = 2_000;

    private static final long ASK_AGAIN = TimeUnit.MILLISECONDS.toNanos(500);

    private final Desk.Outbox outbox;
    /** The command's offset of each stream that the store is asked for. */
    private final Map<StreamId, Long> asked = new HashMap<>();
    /** When to ask again, of each stream of which the store could not tell. */
    private final Map<StreamId, Long> askAgainAt = new HashMap<>();

    /** What is known of an id. */
    sealed interface Known {
        record New() implements Known {}

        /** An earlier command asked for it; the first answer stands. */
        record Repeat() implements Known {}

        /** @param until when to look again, unless the store answers before */
        record NotYet(long until) implements Known {}
    }

    Novelty(Desk.Outbox outbox) {
        this.outbox = outbox;
    }

    /** What is known of the turn's id now. Asks the store if that is needed. */
    Known of(int partition, Post post, TurnView turn, long now) {
        if (turn.isKnownNew()) {
            return new Known.New();
        }
        if (post.ids.isComplete()) {
            if (post.ids.wasAskedBefore(turn.id(), turn.commandOffset())) {
                return new Known.Repeat();
            }
            if (post.ids.from() == 0) {
                return new Known.New();
            }
        }
        return new Known.NotYet(ask(partition, post, turn, now));
    }

    /** Whether a stop that came before the turn's message meant an earlier turn with the same id, as far as the ids tell. */
    boolean wasStopOfEarlier(Post post, TurnView turn) {
        return turn.earlyStopOffset() >= 0
                && turn.earlyStopOffset() < turn.commandOffset()
                && post.ids.wasAskedBefore(turn.id(), turn.earlyStopOffset());
    }

    /** @return when to look again */
    private long ask(int partition, Post post, TurnView turn, long now) {
        Long notBefore = askAgainAt.get(turn.id());
        if (notBefore != null && now < notBefore) {
            return notBefore;
        }
        askAgainAt.remove(turn.id());
        if (asked.size() < MOST_QUESTIONS && asked.putIfAbsent(turn.id(), turn.commandOffset()) == null) {
            outbox.ask(partition, turn.id(), post.knownEvents);
        }
        return now + ASK_AGAIN;
    }

    /**
     * Takes the store's answer for a turn.
     *
     * @return whether it is a repeat
     */
    boolean answered(Post post, TurnView turn, StoreAnswer answer, long now) {
        Long offset = asked.get(turn.id());
        if (offset == null || offset != turn.commandOffset()) {
            return false; // of an earlier turn with this id
        }
        return switch (answer) {
            case StoreAnswer.New _ -> {
                turn.setKnownNew();
                yield false;
            }
            case StoreAnswer.Over(var session) -> {
                if (post.ids.wasDeletedBefore(session, offset)) {
                    turn.setKnownNew();
                }
                yield !turn.isKnownNew();
            }
            case StoreAnswer.Unknown _ -> {
                askAgainAt.put(turn.id(), now + ASK_AGAIN);
                yield false;
            }
        };
    }

    /** The store has answered for the stream. */
    void close(StreamId stream) {
        asked.remove(stream);
    }

    /** The turn is decided. */
    void forget(StreamId stream) {
        askAgainAt.remove(stream);
    }
}
