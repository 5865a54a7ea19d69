package dev.parley.projection.turn;

import java.time.Instant;

/** Where in {@code chat.events} a record lies, and the time that it bears. */
public record Place(int partition, long offset, Instant time) {}
