package dev.parley.service.kafka.client;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/** A use of a consumer, and its settings. No kind commits automatically, and all begin with the oldest record. */
public sealed interface ConsumerKind {

    /** Its settings over the configured ones. */
    Map<String, Object> settings(Map<String, Object> configured);

    private static Settings reading(Map<String, Object> configured, String clientId) {
        return Settings.over(configured)
                // Names the client in metrics and in the brokers' logs and quotas.
                .set(ConsumerConfig.CLIENT_ID_CONFIG, clientId)
                // Offsets are committed after their records were processed, or not at all.
                .set(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false)
                // Where retention has deleted the next record, as few as possible are missed.
                .set(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    }

    /** Topics are created by TopicSetup with Parley's settings, never by a consumer with the brokers' defaults. */
    private static Settings readingWhatIsThere(Map<String, Object> configured, String clientId) {
        return reading(configured, clientId).set(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    }

    private static Settings tailing(Map<String, Object> configured, String clientId) {
        return readingWhatIsThere(configured, clientId)
                // A bound on the records of one poll, and so on the time until the next one.
                .set(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500)
                // A bound on the memory of one answer.
                .set(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 * 1024 * 1024);
    }

    /** @param protocol {@code consumer} or {@code classic}: only for {@code classic} does a client set session and assignor */
    private static Settings inGroup(Settings settings, String group, String protocol, Duration sessionTimeout) {
        settings.set(ConsumerConfig.GROUP_ID_CONFIG, group).set(ConsumerConfig.GROUP_PROTOCOL_CONFIG, protocol);
        if (protocol.equals("classic")) {
            int sessionMs = Math.toIntExact(sessionTimeout.toMillis());
            settings
                    // After it the partitions of a crashed member are assigned to others.
                    .set(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, sessionMs)
                    // Two heartbeats may be lost.
                    .set(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, sessionMs / 3)
                    // A rebalance does not interrupt the partitions that a member keeps.
                    .set(
                            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                            CooperativeStickyAssignor.class.getName());
        }
        return settings;
    }

    /** Follows assigned partitions, in no group, and gets each record as soon as it is there. */
    record Tail(String clientId) implements ConsumerKind {

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            return tailing(configured, clientId).toMap();
        }
    }

    /** As {@link Tail}, with larger batches that arrive a little later: for a reader that no user waits for. */
    record BatchedTail(String clientId) implements ConsumerKind {

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            return tailing(configured, clientId)
                    // Fewer, larger answers take less of the brokers' and the reader's processors.
                    .set(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 64 * 1024)
                    // The most that this delays a record.
                    .set(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 25)
                    .toMap();
        }
    }

    /**
     * Follows all partitions for the users of a gateway. It gets each record at once and detects soon that no broker answers.
     *
     * @param requestTimeout the longest that one call may take
     * @param connectTimeout the longest that a connection may take to open
     * @param fetchWait the longest that a broker may delay an answer
     */
    record RelayTail(String clientId, Duration requestTimeout, Duration connectTimeout, Duration fetchWait)
            implements ConsumerKind {

        private static final int FETCH_WAIT_MS = 500;

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            return reading(configured, clientId)
                    // Each gateway reads all partitions.
                    .remove(ConsumerConfig.GROUP_ID_CONFIG)
                    // A token is delivered at once.
                    .set(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1)
                    // Bounds on the memory of one answer and on the records of one poll.
                    .set(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 * 1024 * 1024)
                    .set(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000)
                    // The log is read again a second after the brokers are back.
                    .set(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000)
                    .setMs(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, requestTimeout)
                    .setMs(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, requestTimeout)
                    // Another broker is tried before the gateway counts as cut off.
                    .set(ConsumerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, connectTimeout.toMillis())
                    // An answer that is due later would look like none, so a configured value may only be lower.
                    .setAtMost(
                            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                            Math.min(FETCH_WAIT_MS, Math.toIntExact(fetchWait.toMillis())))
                    .toMap();
        }
    }

    /**
     * Reads many records for a person at a terminal, in no group.
     *
     * @param requestTimeout the longest that one call may take
     */
    record LogReader(String clientId, Duration requestTimeout) implements ConsumerKind {

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            return readingWhatIsThere(configured, clientId)
                    // Nothing is ever committed.
                    .remove(ConsumerConfig.GROUP_ID_CONFIG)
                    // Many records are read, and each is processed quickly.
                    .set(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000)
                    // Closing waits for the fetch that is in flight.
                    .set(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 50)
                    .setMs(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, requestTimeout)
                    .setMs(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, requestTimeout)
                    .toMap();
        }
    }

    /**
     * Asks for offsets of partitions and for the committed ones of a group. It does not join the group.
     *
     * @param group whose committed offsets it asks for
     */
    record Offsets(String clientId, String group) implements ConsumerKind {

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            return tailing(configured, clientId)
                    .set(ConsumerConfig.GROUP_ID_CONFIG, group)
                    .toMap();
        }
    }

    /**
     * Joins a group for its assignment and its committed offsets. The records are read by other clients.
     *
     * @param protocol {@code consumer} or {@code classic}
     */
    record Member(String clientId, String group, String protocol) implements ConsumerKind {

        private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(6);

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            return inGroup(readingWhatIsThere(configured, clientId), group, protocol, SESSION_TIMEOUT)
                    .toMap();
        }
    }

    /**
     * Reads the partitions that its group assigns to it, in large batches.
     *
     * @param protocol {@code consumer} or {@code classic}
     * @param sessionTimeout with {@code classic}: after it the partitions of a member that is silent are assigned to others
     * @param pollRecords the most that one poll returns
     * @param fetchWait the most that a record is delayed for the sake of larger batches
     * @param maxRecordBytes of the largest record
     */
    record GroupReader(
            String clientId,
            String group,
            String protocol,
            Duration sessionTimeout,
            int pollRecords,
            Duration fetchWait,
            int maxRecordBytes)
            implements ConsumerKind {

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            return inGroup(readingWhatIsThere(configured, clientId), group, protocol, sessionTimeout)
                    .set(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, pollRecords)
                    // Each batch is one write to the store.
                    .set(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 64 * 1024)
                    .setMs(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, fetchWait)
                    // Bounds on the memory of one answer; one of the largest records fits.
                    .set(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 * 1024 * 1024)
                    .set(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, maxRecordBytes)
                    .toMap();
        }
    }
}
