package dev.parley.gateway.relay;

/** Where a record of {@code chat.events} stands. */
public record RecordPosition(int partition, long offset) {}
