package dev.parley.schema.archive;

/** A header of a record. */
@SuppressWarnings("ArrayRecordComponent") // shared, and must not be changed
public record RawHeader(String name, byte[] value) {}
