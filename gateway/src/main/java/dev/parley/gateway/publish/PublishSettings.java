package dev.parley.gateway.publish;

import dev.parley.schema.command.OnBusy;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
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
        @DefaultValue("10000") @Min(1) @Max(10_000_000) int maxQueued,
        @DefaultValue("1000") @Min(1) @Max(60_000) int maxWaitMs,
        @DefaultValue("500") @Min(1) @Max(500) int maxBlockMs,
        @DefaultValue("3500") @Min(1_000) @Max(5_000) int deliveryTimeoutMs,
        @DefaultValue("2000") @Min(1) @Max(3_600_000) int retryAfterMs,
        @DefaultValue("enqueue") OnBusy onBusy) {}
