package dev.parley.gateway.relay;

/** Partition and offset of a record of {@code chat.events}. */
public record RecordPosition(int partition, long offset) {}
