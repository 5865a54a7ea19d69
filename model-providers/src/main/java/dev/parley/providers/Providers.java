package dev.parley.providers;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.StartMetadata;

/** The model services that this worker knows. */
public interface Providers {
    /**
     * Chooses who answers a message; never blocks on a service. What the context names and nobody has is no error: others
     * answer.
     */
    ModelChoice choose(ChatContext context, String message);

    /** Chooses who goes on with an answer that another began, if possible the same that was to give it. */
    default ModelChoice resume(ChatContext context, String message, StartMetadata start) {
        return choose(context, message);
    }
}
