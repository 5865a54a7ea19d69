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
 * Finds out whether the id of a turn is new, so that its stream may be started. The ids of {@code chat.commands} tell it; for ids that may be
 * older than those the store is asked. While neither can tell, the turn waits, and the store is asked again.
 *
 * <p>An id is new if no earlier command asked for it, or if a command before the turn's own deleted the conversation of its last stream. A
 * deletion after the turn's command makes no difference: the turn repeats what was there when it was asked. A stream may start only when the
 * deletion is in the log, because readers reset the id there. Not thread-safe.
 */
final class RepeatCheck {
    /** Most questions to the store that are not answered yet. */
    private static final int MAX_QUESTIONS = 2_000;

    private static final long ASK_AGAIN_NANOS = Duration.ofMillis(500).toNanos();

    private final Coordinator.Effects effects;
    /** The questions that are not answered yet. */
    private final Map<StreamId, Question> asked = new HashMap<>();
    /** When to ask again for a stream of which the store could not tell. */
    private final Map<StreamId, Long> askAgainAt = new HashMap<>();
    /** Streams that the store has although their session was deleted: it is asked again when it must know that deletion. */
    private final Set<StreamId> afterDeletions = new HashSet<>();

    /**
     * @param command the offset of the turn's command
     * @param afterDeletions whether the store's answer counts only if it has read the deletions that this worker has read
     */
    private record Question(long command, boolean afterDeletions) {}

    /** What is known of an id. */
    sealed interface Known {
        record New() implements Known {}

        /** An earlier command asked for it: that answer counts. */
        record Repeat() implements Known {}

        /** @param until when to check again, unless the store answers before */
        record NotYet(long until) implements Known {}
    }

    RepeatCheck(Coordinator.Effects effects) {
        this.effects = effects;
    }

    /** What is known of the turn's id now. Asks the store if necessary. */
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
            when knowsAll ->
                context.state.isPending(command) ? new Known.NotYet(now + ASK_AGAIN_NANOS) : new Known.New();
            case Earlier.None _, Earlier.Deleted _, Earlier.Unsure _ ->
                new Known.NotYet(ask(partition, context, turn, now));
        };
    }

    /** Whether a stop that came before the turn's message was meant for an earlier turn with the same id, as far as the ids tell. */
    boolean wasStopOfEarlier(PartitionContext context, TurnState turn) {
        return turn.earlyStopOffset() >= 0
                && turn.earlyStopOffset() < turn.commandOffset()
                && context.ids.wasAskedBefore(turn.id(), turn.earlyStopOffset());
    }

    /** @return when to check again */
    private long ask(int partition, PartitionContext context, TurnState turn, long now) {
        Long notBefore = askAgainAt.get(turn.id());
        if (notBefore != null && now < notBefore) {
            return notBefore;
        }
        askAgainAt.remove(turn.id());
        boolean after = afterDeletions.contains(turn.id());
        if (asked.size() < MAX_QUESTIONS
                && asked.putIfAbsent(turn.id(), new Question(turn.commandOffset(), after)) == null) {
            effects.ask(partition, turn.id(), after ? context.eventsReached : context.knownEvents);
        }
        return now + ASK_AGAIN_NANOS;
    }

    /**
     * Takes the store's answer for a turn.
     *
     * @return whether it is a repeat
     */
    boolean storeAnswered(PartitionContext context, TurnState turn, StoreAnswer answer, long now) {
        Question question = asked.get(turn.id());
        if (question == null || question.command() != turn.commandOffset() || turn.isKnownNew()) {
            return false; // the question was about an earlier turn with this id
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
            // a start before this worker began: the projection has read all of the log, so the end was lost
            case StoreAnswer.Unfinished(long start) -> start < context.begin.events() || askAgain(turn, now);
            case StoreAnswer.Unknown _ -> askAgain(turn, now);
        };
    }

    /** @return that it is not known to be a repeat */
    private boolean askAgain(TurnState turn, long now) {
        askAgainAt.put(turn.id(), now + ASK_AGAIN_NANOS);
        return false;
    }

    /** The question is answered. */
    void close(StreamId stream) {
        asked.remove(stream);
    }

    /** It is known whether the stream's id is new. */
    void forget(StreamId stream) {
        askAgainAt.remove(stream);
        afterDeletions.remove(stream);
    }
}
