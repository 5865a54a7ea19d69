package dev.parley.engine.stream;

import java.time.Instant;

/**
 * When something is decided.
 *
 * @param time of the wall clock
 * @param elapsedMs since the stream's start, by a monotonic clock
 */
public record Moment(Instant time, long elapsedMs) {}
