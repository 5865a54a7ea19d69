package dev.parley.gateway.publish;

/** The result of publishing a command. */
public sealed interface PublishResult {

    /**
     * The command is in the log and will be executed, whichever process fails.
     *
     * @param partition of {@code chat.commands}
     * @param offset in that partition
     */
    record Acknowledged(int partition, long offset) implements PublishResult {}

    /** Kafka refused the command or did not acknowledge it in time; in that case it may be in the log. */
    record Unavailable(Refusal refusal) implements PublishResult {}
}
