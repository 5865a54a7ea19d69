package dev.parley.gateway.settings;

import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.connection.ServerFrame.Limits;
import dev.parley.service.startup.Groups;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.limits}: the limits of one user. Clients get them in the {@code connect} frame.
 *
 * @param messagesPerMinute {@code chat_stream} commands over all gateways
 * @param stopsPerMinute stops and deletions at each gateway
 * @param maxStreams streams that run at once; enforced by the workers
 * @param maxConnections connections over all gateways; those to other gateways are known after a second or two
 * @param maxAnswerChars length of an answer; enforced by the workers
 */
@ConfigurationProperties(Groups.LIMITS)
public record LimitSettings(
        @DefaultValue("120") @Min(1) @Max(1_000_000) int messagesPerMinute,
        @DefaultValue("600") @Min(1) @Max(1_000_000) int stopsPerMinute,
        @DefaultValue("20") @Min(1) @Max(1_000_000) int maxStreams,
        @DefaultValue("50") @Min(1) @Max(1_000_000) int maxConnections,
        @DefaultValue("262144") @Min(1) @Max(262_144) int maxAnswerChars) {

    /** The limits as the {@code connect} frame has them. */
    public Limits frame() {
        return new Limits(ClientFrame.MAX_MESSAGE_CHARS, maxAnswerChars, messagesPerMinute, maxStreams, maxConnections);
    }
}
