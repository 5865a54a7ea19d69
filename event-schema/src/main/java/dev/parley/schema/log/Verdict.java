package dev.parley.schema.log;

/** What a reader believes of a record. */
public sealed interface Verdict {

    /** The record counts, and {@code after} is the stream with it. */
    record Accepted(StreamLog after) implements Verdict {}

    /** The record never happened, for every reader alike; the stream stays as it was. */
    record Dropped(DropReason reason) implements Verdict {}
}
