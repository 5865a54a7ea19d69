package dev.parley.engine.stream;

import dev.parley.providers.Answerer;
import dev.parley.providers.Usage;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.Emotion;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * What has happened and is not in the log yet.
 *
 * @param start how to begin, until that is written
 * @param attempt which attempt this writer is
 * @param announce whether the user is to be told of that attempt
 * @param promptTokens estimated
 * @param answerer who was asked last; null before that
 */
record Pending(
        Input.@Nullable Started start,
        int attempt,
        boolean announce,
        int promptTokens,
        @Nullable Answerer answerer,
        Text content,
        Text thinking,
        Found found,
        @Nullable Ending ending) {
    static final Pending NOTHING = new Pending(null, 1, false, 0, null, Text.EMPTY, Text.EMPTY, Found.NOTHING, null);

    /** What the model's helpers have found. */
    record Found(
            @Nullable ContextUsed context,
            @Nullable Emotion emotion,
            @Nullable AbilityUpdated ability) {
        static final Found NOTHING = new Found(null, null, null);
    }

    /** How the stream is to end, once what came before is written. */
    sealed interface Ending {
        record Finished(String reason, @Nullable Usage usage) implements Ending {}

        record Failed(Failure failure) implements Ending {}

        /** At once: what is not written yet is left out. */
        record Stopped(StopReason reason) implements Ending {}
    }

    boolean stopped() {
        return ending instanceof Ending.Stopped;
    }

    @Nullable
    ContextUsed context() {
        return found.context();
    }

    @Nullable
    Emotion emotion() {
        return found.emotion();
    }

    @Nullable
    AbilityUpdated ability() {
        return found.ability();
    }

    Pending withStart(Input.@Nullable Started newStart) {
        return new Pending(newStart, attempt, announce, promptTokens, answerer, content, thinking, found, ending);
    }

    Pending withAttempt(int newAttempt, boolean newAnnounce) {
        return new Pending(start, newAttempt, newAnnounce, promptTokens, answerer, content, thinking, found, ending);
    }

    Pending withPromptTokens(int tokens) {
        return new Pending(start, attempt, announce, tokens, answerer, content, thinking, found, ending);
    }

    Pending withAnswerer(Answerer who) {
        return new Pending(start, attempt, announce, promptTokens, who, content, thinking, found, ending);
    }

    Pending withContent(Text newContent) {
        return new Pending(start, attempt, announce, promptTokens, answerer, newContent, thinking, found, ending);
    }

    Pending withThinking(Text newThinking) {
        return new Pending(start, attempt, announce, promptTokens, answerer, content, newThinking, found, ending);
    }

    Pending withEnding(Ending newEnding) {
        return new Pending(start, attempt, announce, promptTokens, answerer, content, thinking, found, newEnding);
    }

    Pending withContext(@Nullable ContextUsed context) {
        return new Pending(
                start,
                attempt,
                announce,
                promptTokens,
                answerer,
                content,
                thinking,
                new Found(context, found.emotion(), found.ability()),
                ending);
    }

    Pending withEmotion(@Nullable Emotion emotion) {
        return new Pending(
                start,
                attempt,
                announce,
                promptTokens,
                answerer,
                content,
                thinking,
                new Found(found.context(), emotion, found.ability()),
                ending);
    }

    Pending withAbility(AbilityUpdated ability) {
        return new Pending(
                start,
                attempt,
                announce,
                promptTokens,
                answerer,
                content,
                thinking,
                new Found(found.context(), found.emotion(), ability),
                ending);
    }
}
