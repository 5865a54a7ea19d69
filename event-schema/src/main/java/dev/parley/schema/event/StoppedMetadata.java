package dev.parley.schema.event;

import org.jspecify.annotations.Nullable;

/**
 * What a stopped answer used. {@code cost} is in US dollars; {@code stoppedAtMs} counts from the stream's start.
 *
 * @param providerUsed null in records of older versions, as is {@code model}
 */
public record StoppedMetadata(
        @Nullable String providerUsed,
        @Nullable String model,
        Tokens tokens,
        @Nullable Double cost,
        long stoppedAtMs) {}
