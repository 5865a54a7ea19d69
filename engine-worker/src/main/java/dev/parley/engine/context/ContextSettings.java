package dev.parley.engine.context;

import java.time.Duration;

/**
 * Bounds of a prompt.
 *
 * @param system what the model is told first; empty for nothing
 * @param turns of history at most
 * @param tokens of history at most, estimated
 * @param budget how long history may be waited for
 */
public record ContextSettings(String system, int turns, int tokens, Duration budget) {}
