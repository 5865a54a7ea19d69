package dev.parley.service.kafka;

import org.apache.kafka.clients.consumer.Consumer;

/** How many answers of brokers a consumer has got. It asks all the time: for records, or for its place in the group. */
public final class Answers {

    private static final String NODE = "node-";

    private Answers() {}

    /** Asks nobody. To be called on the consumer's thread. */
    public static long of(Consumer<?, ?> consumer) {
        return consumer.metrics().entrySet().stream()
                .filter(each -> each.getKey().name().equals("response-total")
                        && each.getKey().tags().getOrDefault("node-id", "").startsWith(NODE))
                .mapToLong(each -> each.getValue().metricValue() instanceof Number total ? total.longValue() : 0)
                .sum();
    }
}
