package dev.parley.engine.stream;

import dev.parley.engine.provider.Usage;
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
 */
record Pending(
        Input.@Nullable Started start,
        int attempt,
        boolean announce,
        int promptTokens,
        Text content,
        Text thinking,
        @Nullable ContextUsed context,
        @Nullable Emotion emotion,
        @Nullable AbilityUpdated ability,
        @Nullable Ending ending) {
    static final Pending NOTHING = new Pending(null, 1, false, 0, Text.EMPTY, Text.EMPTY, null, null, null, null);

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

    Pending withStart(Input.@Nullable Started newStart) {
        return new Pending(
                newStart, attempt, announce, promptTokens, content, thinking, context, emotion, ability, ending);
    }

    Pending withAttempt(int newAttempt, boolean newAnnounce) {
        return new Pending(
                start, newAttempt, newAnnounce, promptTokens, content, thinking, context, emotion, ability, ending);
    }

    Pending withPromptTokens(int tokens) {
        return new Pending(start, attempt, announce, tokens, content, thinking, context, emotion, ability, ending);
    }

    Pending withContent(Text newContent) {
        return new Pending(
                start, attempt, announce, promptTokens, newContent, thinking, context, emotion, ability, ending);
    }

    Pending withThinking(Text newThinking) {
        return new Pending(
                start, attempt, announce, promptTokens, content, newThinking, context, emotion, ability, ending);
    }

    Pending withContext(@Nullable ContextUsed newContext) {
        return new Pending(
                start, attempt, announce, promptTokens, content, thinking, newContext, emotion, ability, ending);
    }

    Pending withEmotion(@Nullable Emotion newEmotion) {
        return new Pending(
                start, attempt, announce, promptTokens, content, thinking, context, newEmotion, ability, ending);
    }

    Pending withAbility(AbilityUpdated newAbility) {
        return new Pending(
                start, attempt, announce, promptTokens, content, thinking, context, emotion, newAbility, ending);
    }

    Pending withEnding(Ending newEnding) {
        return new Pending(
                start, attempt, announce, promptTokens, content, thinking, context, emotion, ability, newEnding);
    }
}
