package dev.parley.gateway.relay;

/** Where a record of {@code chat.events} stands. */
public record Place(int partition, long offset) {}
