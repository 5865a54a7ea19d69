package dev.parley.service.kafka.client;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** The settings of an admin client. */
public sealed interface AdminKind {

    /** Its settings over the configured ones. */
    Map<String, Object> settings(Map<String, Object> configured);

    /** As configured. */
    record Configured() implements AdminKind {

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            return Settings.over(configured).toMap();
        }
    }

    /** As configured, with a {@code client.id} for the brokers' logs and quotas. */
    record Named(String clientId) implements AdminKind {

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            return Settings.over(configured)
                    .set(AdminClientConfig.CLIENT_ID_CONFIG, clientId)
                    .toMap();
        }
    }

    /**
     * As configured, with a time-out for each call.
     *
     * @param timeout the longest that a call may take
     */
    record Bounded(Duration timeout) implements AdminKind {

        @Override
        public Map<String, Object> settings(Map<String, Object> configured) {
            return Settings.over(configured)
                    // Kafka's own default is a minute.
                    .setMs(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout)
                    .setMs(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout)
                    .toMap();
        }
    }
}
