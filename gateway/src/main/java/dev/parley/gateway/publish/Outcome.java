package dev.parley.gateway.publish;

/** What became of a command on its way to Kafka. */
public sealed interface Outcome {

    /** The brokers have it: whatever dies now, it will be done. */
    record Acknowledged() implements Outcome {}

    /** Kafka cannot take it, or did not say in time; then it may or may not be there. */
    record Unavailable(Refusal refusal) implements Outcome {}
}
