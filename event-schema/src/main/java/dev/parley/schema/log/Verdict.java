package dev.parley.schema.log;

/** Whether a record counts. */
public sealed interface Verdict {

    /** The stream after the record. A dropped record changes nothing, except for a start that may be a second one. */
    default StreamLog after(StreamLog before) {
        return switch (this) {
            case Accepted(StreamLog after) -> after;
            case Dropped(DropReason reason) -> reason == DropReason.UNKNOWN_START ? StreamLog.UNKNOWN : before;
        };
    }

    /** The record counts. {@code after} is the stream with it. */
    record Accepted(StreamLog after) implements Verdict {}

    /** The record does not count. The stream is unchanged, except for {@link DropReason#UNKNOWN_START}: see {@link #after}. */
    record Dropped(DropReason reason) implements Verdict {}
}
