package dev.parley.prompt;

import dev.parley.providers.ModelMessage;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.Emotion;
import java.util.List;
import java.util.function.Consumer;

/** Builds the prompts of turns. Building one changes no state, so an unused prompt only needs to be closed. */
public interface Prompts {
    /**
     * Gathers the parts of the prompt and assembles it. Blocks no longer than the longest time budget; a part that failed or was late
     * is left out and named in {@link Prompt#used()}. An interrupt cancels all parts.
     *
     * @param findings is called from any thread with what is found about the user, until the prompt is closed
     */
    Prompt prepare(PromptRequest request, Consumer<Finding> findings) throws InterruptedException;

    /**
     * A prompt. Closing it cancels the parts of its turn that are still being gathered.
     *
     * @param tokens the estimated number of tokens of the messages
     * @param cancel cancels the parts that are still being gathered
     */
    record Prompt(List<ModelMessage> messages, ContextUsed used, int tokens, Runnable cancel) implements AutoCloseable {
        @Override
        public void close() {
            cancel.run();
        }
    }

    /** Something found about the user that is published as an event of its own. */
    sealed interface Finding {
        record EmotionFound(Emotion emotion) implements Finding {}

        /** The user's ability in the subject of the turn, after the turn. */
        record AbilityFound(AbilityUpdated ability) implements Finding {}
    }
}
