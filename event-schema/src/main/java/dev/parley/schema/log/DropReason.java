package dev.parley.schema.log;

import java.util.Locale;

/** Why a record of a stream is dropped. Each reader counts dropped records by reason. */
public enum DropReason {
    /** The record precedes the start of the stream. */
    NOT_STARTED,
    /** A second start: of another worker, or the same start written twice. */
    ALREADY_STARTED,
    /** A takeover with an attempt that another worker's takeover already has. */
    LOST_TAKEOVER,
    /** A takeover or a start that skips attempts. A correct writer never writes one. */
    SKIPPED_ATTEMPT,
    /** The claim is not the current one: the stream was taken over, and its former writer does not know it yet. */
    STALE_CLAIM,
    /** An event with this seq was already accepted: the record was written twice. */
    REPEATED_SEQ,
    /** The seq is higher than the next one: records of the same writer before it were lost. */
    SEQ_GAP,
    /** The record follows the terminal event. */
    AFTER_END,
    /** A start or a takeover whose writer had not read the deletion of the conversation. It belongs to a deleted stream. */
    BEFORE_DELETION,
    /** A start that may be a second one: there may be an earlier start before the offset where this reader began. */
    UNKNOWN_START;

    /** The name in metrics and audits, in lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
