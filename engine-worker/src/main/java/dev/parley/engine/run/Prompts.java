package dev.parley.engine.run;

import dev.parley.engine.stream.Input;
import dev.parley.providers.ModelMessage;
import dev.parley.schema.event.ContextUsed;
import java.util.List;
import java.util.function.Consumer;

/** Makes the prompt of a turn. It changes nothing anywhere: who has no use for the prompt closes it, and it never was. */
public interface Prompts {
    /**
     * A prompt, and the helpers that may still be at work for its turn.
     *
     * @param tokens estimated
     * @param end ends those helpers
     */
    record Prompt(List<ModelMessage> messages, ContextUsed used, int tokens, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }

    /**
     * Blocks no longer than its budgets; what failed or was late is left out, and {@code used} says so. What the prompt does not
     * need is told aside when it is found, from any thread, until the prompt is closed. An interrupt ends all helpers.
     */
    Prompt prepare(Order order, Consumer<Input> aside) throws InterruptedException;
}
