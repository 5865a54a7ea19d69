package dev.parley.prompt;

import dev.parley.providers.ModelMessage;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.Emotion;
import java.util.List;
import java.util.function.Consumer;

/** Makes the prompt of a turn. It changes no state outside: a prompt that is not used needs only to be closed. */
public interface Prompts {
    /**
     * Gathers the parts of the prompt and puts them together. Blocks no longer than the time budgets of the parts; a part that
     * failed or was late is left out and named in {@link Prompt#used()}. An interrupt cancels all parts.
     *
     * @param findings is called from any thread with what is found beside the prompt, until the prompt is closed
     */
    Prompt prepare(PromptRequest request, Consumer<Finding> findings) throws InterruptedException;

    /**
     * A prompt. Closing it cancels the parts of its turn that are still being gathered.
     *
     * @param tokens of the messages, estimated
     * @param cancel cancels those parts
     */
    record Prompt(List<ModelMessage> messages, ContextUsed used, int tokens, Runnable cancel) implements AutoCloseable {
        @Override
        public void close() {
            cancel.run();
        }
    }

    /** What is found about the user, and is not part of the prompt. */
    sealed interface Finding {
        record EmotionFound(Emotion emotion) implements Finding {}

        /** The user's ability in the subject of the turn, after it. */
        record AbilityFound(AbilityUpdated ability) implements Finding {}
    }
}
