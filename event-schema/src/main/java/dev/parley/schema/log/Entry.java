package dev.parley.schema.log;

/** What {@link StreamLog} needs to know of a record: its part in the protocol, the claim it was written under, its place. */
public sealed interface Entry {

    Claim claim();

    /** {@code stream_start}: opens a stream; it is the event with seq 0. */
    record Start(Claim claim) implements Entry {}

    /** {@code stream_takeover}: moves the stream to the claim that it carries. */
    record Takeover(Claim claim) implements Entry {}

    /** {@code stream_keepalive}: its writer lives, though the stream is silent. */
    record Keepalive(Claim claim) implements Entry {}

    /** {@code stream_released}: its writer gives the stream up, a takeover need not wait. */
    record Released(Claim claim) implements Entry {}

    /** A client-visible event that neither opens nor ends the stream. */
    record Event(Claim claim, long seq) implements Entry {}

    /** {@code stream_complete}, {@code stream_error} or {@code generation_stopped}. */
    record Terminal(Claim claim, long seq) implements Entry {}
}
