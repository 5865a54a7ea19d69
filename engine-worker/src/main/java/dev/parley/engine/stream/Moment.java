package dev.parley.engine.stream;

import java.time.Instant;

/**
 * When something is decided.
 *
 * @param time for people to read
 * @param elapsedMs since the stream's start, by a clock that does not jump
 */
public record Moment(Instant time, long elapsedMs) {}
