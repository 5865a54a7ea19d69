package dev.parley.engine.stream;

import java.time.Duration;

/**
 * The times of a stream writer.
 *
 * @param lease after this time without a record another worker takes the stream over
 * @param firstToken longest wait for the model's first token
 * @param idle longest wait for its next token
 * @param total longest duration of a stream
 */
public record WriterSettings(Duration lease, Duration firstToken, Duration idle, Duration total) {}
