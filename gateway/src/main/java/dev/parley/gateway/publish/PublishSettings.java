package dev.parley.gateway.publish;

import dev.parley.schema.command.OnBusy;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.gateway.publish}: how commands get into Kafka. A command is acknowledged or refused at the latest after
 * {@code maxWaitMs + maxBlockMs + deliveryTimeoutMs}.
 *
 * @param maxQueued commands that may wait for the producer; more are refused at once
 * @param maxWaitMs how long a command may wait for the producer
 * @param maxBlockMs how long one send may block
 * @param deliveryTimeoutMs how long the brokers may take to acknowledge
 * @param retryAfterMs what a refused client is told to wait
 * @param onBusy what becomes of a message that does not say so, while an earlier one of its session is not over
 */
public record PublishSettings(
        @DefaultValue("10000") int maxQueued,
        @DefaultValue("1000") int maxWaitMs,
        @DefaultValue("500") int maxBlockMs,
        @DefaultValue("3500") int deliveryTimeoutMs,
        @DefaultValue("2000") int retryAfterMs,
        @DefaultValue("enqueue") OnBusy onBusy) {

    /** @throws IllegalArgumentException if a bound does not make sense */
    public PublishSettings {
        if (maxQueued < 1 || maxWaitMs < 1 || maxBlockMs < 1 || retryAfterMs < 1) {
            throw new IllegalArgumentException("parley.gateway.publish: all bounds are positive");
        }
        if (maxBlockMs > 500 || deliveryTimeoutMs < 1000 || deliveryTimeoutMs > 5000) {
            throw new IllegalArgumentException(
                    "parley.gateway.publish: max-block-ms is at most 500, delivery-timeout-ms 1000 to 5000");
        }
    }
}
