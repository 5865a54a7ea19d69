package dev.parley.engine.coordinator;

import dev.parley.engine.state.TurnState;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.repeats.AskedIds.Earlier;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Whether the id of a turn is known to be new, so that its stream may be started. The ids of {@code chat.commands} tell it; for ids that
 * may be older than those the store is asked. While neither can tell, the turn waits, and the store is asked again.
 *
 * <p>An id is new if no earlier command asked for it, or if the conversation of its last stream was deleted by a command before the turn's
 * own. A deletion after it makes no difference: then the turn repeats what was there when it was asked. A stream may be started only when
 * that deletion is in the log, for readers reset the id there. Not thread-safe.
 */
final class RepeatCheck {
    /** Questions to the store that are not answered yet. */
    private static final int MOST_QUESTIONS = 2_000;

    private static final long ASK_AGAIN = Duration.ofMillis(500).toNanos();

    private final Coordinator.Effects effects;
    /** Of each stream that the store is asked for. */
    private final Map<StreamId, Question> asked = new HashMap<>();
    /** When to ask again, of each stream of which the store could not tell. */
    private final Map<StreamId, Long> askAgainAt = new HashMap<>();
    /** Streams that the store has and whose session was deleted: it must have read that deletion. */
    private final Set<StreamId> afterDeletions = new HashSet<>();

    /**
     * @param command the offset of the turn's command
     * @param afterDeletions whether the store's answer counts only if it has read the deletions that this worker has read
     */
    private record Question(long command, boolean afterDeletions) {}

    /** What is known of an id. */
    sealed interface Known {
        record New() implements Known {}

        /** An earlier command asked for it; the first answer stands. */
        record Repeat() implements Known {}

        /** @param until when to look again, unless the store answers before */
        record NotYet(long until) implements Known {}
    }

    RepeatCheck(Coordinator.Effects effects) {
        this.effects = effects;
    }

    /** What is known of the turn's id now. Asks the store if that is needed. */
    Known of(int partition, PartitionContext context, TurnState turn, long now) {
        if (turn.isKnownNew()) {
            return new Known.New();
        }
        if (!context.ids.isComplete()) {
            return new Known.NotYet(ask(partition, context, turn, now));
        }
        boolean knowsAll = context.ids.from() == 0;
        return switch (context.ids.earlier(turn.id(), turn.commandOffset())) {
            case Earlier.Alive _ -> new Known.Repeat();
            case Earlier.None _ when knowsAll -> new Known.New();
            case Earlier.Deleted(long command)
            when knowsAll -> context.state.isPending(command) ? new Known.NotYet(now + ASK_AGAIN) : new Known.New();
            case Earlier.None _, Earlier.Deleted _, Earlier.Unsure _ ->
                new Known.NotYet(ask(partition, context, turn, now));
        };
    }

    /** Whether a stop that came before the turn's message meant an earlier turn with the same id, as far as the ids tell. */
    boolean wasStopOfEarlier(PartitionContext context, TurnState turn) {
        return turn.earlyStopOffset() >= 0
                && turn.earlyStopOffset() < turn.commandOffset()
                && context.ids.wasAskedBefore(turn.id(), turn.earlyStopOffset());
    }

    /** @return when to look again */
    private long ask(int partition, PartitionContext context, TurnState turn, long now) {
        Long notBefore = askAgainAt.get(turn.id());
        if (notBefore != null && now < notBefore) {
            return notBefore;
        }
        askAgainAt.remove(turn.id());
        boolean after = afterDeletions.contains(turn.id());
        if (asked.size() < MOST_QUESTIONS
                && asked.putIfAbsent(turn.id(), new Question(turn.commandOffset(), after)) == null) {
            effects.ask(partition, turn.id(), after ? context.eventsReached : context.knownEvents);
        }
        return now + ASK_AGAIN;
    }

    /**
     * Takes the store's answer for a turn.
     *
     * @return whether it is a repeat
     */
    boolean storeAnswered(PartitionContext context, TurnState turn, StoreAnswer answer, long now) {
        Question question = asked.get(turn.id());
        if (question == null || question.command() != turn.commandOffset() || turn.isKnownNew()) {
            return false; // of an earlier turn with this id
        }
        return switch (answer) {
            case StoreAnswer.New _ -> {
                context.state.markNew(turn);
                yield false;
            }
            case StoreAnswer.Over(var session) -> {
                if (!context.ids.wasDeletedBefore(session, turn.commandOffset()) || question.afterDeletions()) {
                    yield true;
                }
                if (!context.state.hasPendingDeletion(session, turn.commandOffset())) {
                    afterDeletions.add(turn.id());
                }
                yield askAgain(turn, now);
            }
            case StoreAnswer.Deleted(long event) -> {
                if (event >= context.eventsReached) {
                    yield askAgain(turn, now);
                }
                long command = context.state.commandOfDeletion(event);
                if (command > turn.commandOffset()) {
                    yield true;
                }
                if (turn.earlyStopOffset() >= 0 && turn.earlyStopOffset() < command) {
                    context.state.forgetEarlyStop(turn);
                }
                context.state.markNew(turn);
                yield false;
            }
            // what the log has of it was read by the projection: its end is older than the log or was lost
            case StoreAnswer.Unfinished(long start) -> start < context.begin.events() || askAgain(turn, now);
            case StoreAnswer.Unknown _ -> askAgain(turn, now);
        };
    }

    /** @return that it is not known to be a repeat */
    private boolean askAgain(TurnState turn, long now) {
        askAgainAt.put(turn.id(), now + ASK_AGAIN);
        return false;
    }

    /** The store has answered for the stream. */
    void close(StreamId stream) {
        asked.remove(stream);
    }

    /** The turn is decided. */
    void forget(StreamId stream) {
        askAgainAt.remove(stream);
        afterDeletions.remove(stream);
    }
}
