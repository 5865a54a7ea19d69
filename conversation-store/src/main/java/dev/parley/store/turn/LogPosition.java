package dev.parley.store.turn;

import java.time.Instant;

/**
 * The position of a record in {@code chat.events}.
 *
 * @param time of the record, which is the broker's
 */
public record LogPosition(int partition, long offset, Instant time) {}
