package dev.parley.schema.archive;

/** A header of a record, as it was. */
@SuppressWarnings("ArrayRecordComponent") // shared by all who read it; nobody may change it
public record RawHeader(String name, byte[] value) {}
