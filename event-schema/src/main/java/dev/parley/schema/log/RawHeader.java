package dev.parley.schema.log;

/** A header of a record. */
@SuppressWarnings("ArrayRecordComponent") // shared, and must not be changed
public record RawHeader(String name, byte[] value) {}
