package dev.parley.gateway;

import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.connection.ServerFrame.Limits;
import dev.parley.schema.startup.Groups;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.limits}: what one user may do, over all gateways. Clients are told in their {@code connect} frame.
 *
 * @param messagesPerMinute {@code chat_stream}s a user
 * @param stopsPerMinute stops and deletions a user, at each gateway
 * @param maxStreams streams of a user that run at once; the workers see to it
 * @param maxConnections connections of a user, those to other gateways as of a second or two ago
 * @param maxAnswerChars longest answer; the workers see to it
 */
@ConfigurationProperties(Groups.LIMITS)
public record LimitSettings(
        @DefaultValue("120") @Min(1) @Max(1_000_000) int messagesPerMinute,
        @DefaultValue("600") @Min(1) @Max(1_000_000) int stopsPerMinute,
        @DefaultValue("20") @Min(1) @Max(1_000_000) int maxStreams,
        @DefaultValue("50") @Min(1) @Max(1_000_000) int maxConnections,
        @DefaultValue("262144") @Min(1) @Max(262_144) int maxAnswerChars) {

    public Limits frame() {
        return new Limits(ClientFrame.MAX_MESSAGE_CHARS, maxAnswerChars, messagesPerMinute, maxStreams, maxConnections);
    }
}
