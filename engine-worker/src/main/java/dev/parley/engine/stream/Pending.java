package dev.parley.engine.stream;

import dev.parley.providers.AskedModel;
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
 * @param ending how to end, once the text is written; null before the model is done
 */
record Pending(
        Input.@Nullable Started start,
        Attempt attempt,
        Question question,
        Unwritten text,
        Found found,
        @Nullable Ending ending) {
    static final Pending NOTHING = new Pending(
            null,
            new Attempt(1, false),
            new Question(0, null),
            new Unwritten(Text.EMPTY, Text.EMPTY),
            new Found(null, null, null),
            null);

    /**
     * @param number of the writer among those of the stream, from 1
     * @param announce whether the user is still to be told of it
     */
    record Attempt(int number, boolean announce) {}

    /**
     * What the model was asked.
     *
     * @param promptTokens estimated
     * @param model the one that was asked last; null before that
     */
    record Question(int promptTokens, @Nullable AskedModel model) {}

    /** What the model said. */
    record Unwritten(Text content, Text thinking) {
        boolean isEmpty() {
            return content.isEmpty() && thinking.isEmpty();
        }
    }

    /** What was found while the prompt was assembled. */
    record Found(
            @Nullable ContextUsed context,
            @Nullable Emotion emotion,
            @Nullable AbilityUpdated ability) {}

    /** How the stream is to end. */
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
        return new Pending(newStart, attempt, question, text, found, ending);
    }

    Pending with(Attempt newAttempt) {
        return new Pending(start, newAttempt, question, text, found, ending);
    }

    Pending with(Question newQuestion) {
        return new Pending(start, attempt, newQuestion, text, found, ending);
    }

    Pending withContent(Text content) {
        return new Pending(start, attempt, question, new Unwritten(content, text.thinking()), found, ending);
    }

    Pending withThinking(Text thinking) {
        return new Pending(start, attempt, question, new Unwritten(text.content(), thinking), found, ending);
    }

    Pending with(Found newFound) {
        return new Pending(start, attempt, question, text, newFound, ending);
    }

    Pending with(Ending newEnding) {
        return new Pending(start, attempt, question, text, found, newEnding);
    }
}
