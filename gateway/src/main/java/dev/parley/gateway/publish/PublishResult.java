package dev.parley.gateway.publish;

/** What became of a command on its way to Kafka. */
public sealed interface PublishResult {

    /**
     * The brokers have it: whatever dies now, it will be done.
     *
     * @param partition of {@code chat.commands}
     * @param offset where it stands there
     */
    record Acknowledged(int partition, long offset) implements PublishResult {}

    /** Kafka cannot take it, or did not say in time; then it may or may not be there. */
    record Unavailable(Refusal refusal) implements PublishResult {}
}
