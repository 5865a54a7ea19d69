package dev.parley.schema.event;

import org.jspecify.annotations.Nullable;

/** The provider and the model, as chosen before the first token. */
public record StartMetadata(
        String provider,
        String model,
        String category,
        @Nullable Integer estimatedTokens) {}
