package dev.parley.service.kafka;

import org.apache.kafka.clients.consumer.Consumer;

/** Counts the responses of brokers to a consumer, which sends fetches or heartbeats all the time. */
public final class Answers {

    private static final String NODE = "node-";

    private Answers() {}

    /** Reads the consumer's own metrics and sends no request. To be called on the consumer's thread. */
    public static long of(Consumer<?, ?> consumer) {
        return consumer.metrics().entrySet().stream()
                .filter(each -> each.getKey().name().equals("response-total")
                        && each.getKey().tags().getOrDefault("node-id", "").startsWith(NODE))
                .mapToLong(each -> each.getValue().metricValue() instanceof Number total ? total.longValue() : 0)
                .sum();
    }
}
