package dev.parley.schema.log;

import java.util.Locale;

/** Why a record of a stream does not count. Every reader counts what it drops by these reasons. */
public enum DropReason {
    /** Before the stream's start. */
    NOT_STARTED,
    /** A second start: another worker was first, or the same start came twice. */
    ALREADY_STARTED,
    /** A takeover of an attempt that somebody else has already won. */
    LOST_TAKEOVER,
    /** A takeover or a start that skips attempts: no correct writer makes one. */
    SKIPPED_ATTEMPT,
    /** Written under a claim that is not the current one: a writer that lost the stream and does not know it yet. */
    STALE_CLAIM,
    /** The seq was accepted before: the same record came twice. */
    REPEATED_SEQ,
    /** The seq is ahead of the next one: no correct writer makes one. */
    SEQ_GAP,
    /** After the terminal event. */
    AFTER_END,
    /** A start or a takeover whose writer had not read the deletion of the conversation: it is of an answer that was deleted. */
    BEFORE_DELETION,
    /** A start that may be a second one: an earlier start may lie before the offset where this reader began. */
    UNKNOWN_START;

    /** The name in metrics and in audits: lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
