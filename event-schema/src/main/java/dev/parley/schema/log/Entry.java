package dev.parley.schema.log;

/** What {@link StreamLog} needs of a record: its role in the protocol, its claim and its seq. */
public sealed interface Entry {

    /** The folded offset of records without the header {@code ce_foldedoffset}, which are of older versions. */
    long NOT_STATED = Long.MIN_VALUE;

    Claim claim();

    /**
     * {@code stream_start}: opens a stream. It is the event with seq 0.
     *
     * @param folded the highest offset of the partition that its writer had folded when it decided to start; -1 for none; {@link
     *     #NOT_STATED} if the record has no header {@code ce_foldedoffset}
     */
    record Start(Claim claim, long folded) implements Entry {

        /** A start without the header. */
        public Start(Claim claim) {
            this(claim, NOT_STATED);
        }

        public boolean statesFolded() {
            return folded != NOT_STATED;
        }
    }

    /**
     * {@code stream_takeover}: makes its claim the current one of the stream.
     *
     * @param folded the highest offset of the partition that its writer had folded when it decided to take over; {@link #NOT_STATED} if the
     *     record has no header {@code ce_foldedoffset}
     */
    record Takeover(Claim claim, long folded) implements Entry {

        /** A takeover without the header. */
        public Takeover(Claim claim) {
            this(claim, NOT_STATED);
        }

        public boolean statesFolded() {
            return folded != NOT_STATED;
        }
    }

    /** {@code stream_keepalive}: the writer is alive although it writes no events. */
    record Keepalive(Claim claim) implements Entry {}

    /** {@code stream_released}: the writer stops writing the stream, so that it can be taken over at once. */
    record Released(Claim claim) implements Entry {}

    /** An event for clients that neither opens nor ends the stream. */
    record Event(Claim claim, long seq) implements Entry {}

    /** {@code stream_complete}, {@code stream_error} or {@code generation_stopped}. */
    record Terminal(Claim claim, long seq) implements Entry {}
}
