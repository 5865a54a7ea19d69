package dev.parley.schema.event;

import org.jspecify.annotations.Nullable;

/** How a complete answer was generated. {@code cost} is in US dollars. */
public record CompleteMetadata(
        String providerUsed,
        String model,
        String finishReason,
        long responseTimeMs,
        long timeToFirstTokenMs,
        Tokens tokens,
        @Nullable Double cost,
        int attempts,
        @Nullable AbilityUpdated abilityUpdated) {}
