package dev.parley.engine.provider;

import dev.parley.schema.command.ChatContext;

/** The model services that this worker knows. */
public interface Providers {
    /**
     * Chooses who answers a message; never blocks on a service. What the context names and nobody has is no error: the default
     * answers.
     */
    ModelChoice choose(ChatContext context, String message);
}
