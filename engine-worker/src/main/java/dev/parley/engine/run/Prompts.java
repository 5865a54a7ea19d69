package dev.parley.engine.run;

import dev.parley.engine.provider.ModelMessage;
import dev.parley.schema.event.ContextUsed;
import java.util.List;

/** Makes the prompt of a turn. */
public interface Prompts {
    /** @param tokens estimated */
    record Prompt(List<ModelMessage> messages, ContextUsed used, int tokens) {}

    /** Blocks no longer than its budget; what failed or was late is left out, and {@code used} says so. */
    Prompt prepare(Order order) throws InterruptedException;
}
