package dev.parley.schema.log;

/** What a reader believes of a record. */
public sealed interface Verdict {

    /** The stream after the record. A dropped record changes nothing, but a start that may be a second one makes the stream unknown. */
    default StreamLog after(StreamLog before) {
        return switch (this) {
            case Accepted(StreamLog after) -> after;
            case Dropped(DropReason reason) -> reason == DropReason.UNKNOWN_START ? StreamLog.UNKNOWN : before;
        };
    }

    /** The record counts, and {@code after} is the stream with it. */
    record Accepted(StreamLog after) implements Verdict {}

    /** The record does not count. The stream stays as it was, except for {@link DropReason#UNKNOWN_START}: see {@link #after}. */
    record Dropped(DropReason reason) implements Verdict {}
}
