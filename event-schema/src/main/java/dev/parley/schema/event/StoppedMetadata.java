package dev.parley.schema.event;

import org.jspecify.annotations.Nullable;

/** What a stopped answer had used. {@code stoppedAtMs} counts from the stream's start. */
public record StoppedMetadata(Tokens tokens, @Nullable Double cost, long stoppedAtMs) {}
