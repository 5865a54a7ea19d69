package dev.parley.engine.stream;

import java.time.Duration;

/**
 * Times of one stream.
 *
 * @param lease after so long without a record others take the stream
 * @param firstToken longest wait for the model's first word
 * @param idle longest wait for its next
 * @param total longest stream
 */
public record WriterSettings(Duration lease, Duration firstToken, Duration idle, Duration total) {}
