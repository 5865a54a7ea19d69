package dev.parley.gateway.settings;

import dev.parley.schema.command.OnBusy;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * {@code parley.gateway.publish}: how commands get into Kafka. A command is acknowledged or refused at the latest after
 * {@code maxWait + maxBlock + deliveryTimeout}.
 *
 * @param maxQueued commands that may wait for the producer; more are refused at once
 * @param maxWait how long a command may wait for the producer
 * @param maxBlock how long one send may block
 * @param deliveryTimeout how long the brokers may take to acknowledge
 * @param retryAfter what a refused client is told to wait
 * @param onBusy for messages that do not say it: what happens while an earlier message of the session is not over
 */
public record PublishSettings(
        @DefaultValue("10000") @Min(1) @Max(10_000_000) int maxQueued,

        @Name("max-wait-ms") @DefaultValue("1000") @DurationMin(millis = 1) @DurationMax(minutes = 1)
        Duration maxWait,

        @Name("max-block-ms") @DefaultValue("500") @DurationMin(millis = 1) @DurationMax(millis = 500)
        Duration maxBlock,

        @Name("delivery-timeout-ms") @DefaultValue("3500") @DurationMin(seconds = 1) @DurationMax(seconds = 5)
        Duration deliveryTimeout,

        @Name("retry-after-ms") @DefaultValue("2000") @DurationMin(millis = 1) @DurationMax(hours = 1)
        Duration retryAfter,

        @DefaultValue("enqueue") OnBusy onBusy) {}
