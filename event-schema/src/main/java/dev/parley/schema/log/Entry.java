package dev.parley.schema.log;

/** What {@link StreamLog} needs to know of a record: its part in the protocol, the claim it was written under, its place. */
public sealed interface Entry {

    /** Of records that were written before the header {@code ce_foldedoffset} existed. */
    long NOT_STATED = Long.MIN_VALUE;

    Claim claim();

    /**
     * {@code stream_start}: opens a stream; it is the event with seq 0.
     *
     * @param folded the highest offset of the partition that its writer had folded when it decided to start, -1 for none; {@link
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
     * {@code stream_takeover}: moves the stream to the claim that it carries.
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

    /** {@code stream_keepalive}: its writer lives, though the stream is silent. */
    record Keepalive(Claim claim) implements Entry {}

    /** {@code stream_released}: its writer gives the stream up, a takeover need not wait. */
    record Released(Claim claim) implements Entry {}

    /** A client-visible event that neither opens nor ends the stream. */
    record Event(Claim claim, long seq) implements Entry {}

    /** {@code stream_complete}, {@code stream_error} or {@code generation_stopped}. */
    record Terminal(Claim claim, long seq) implements Entry {}
}
