package dev.parley.gateway;

import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.connection.ServerFrame.Limits;
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
@ConfigurationProperties("parley.limits")
public record LimitSettings(
        @DefaultValue("120") int messagesPerMinute,
        @DefaultValue("600") int stopsPerMinute,
        @DefaultValue("20") int maxStreams,
        @DefaultValue("50") int maxConnections,
        @DefaultValue("262144") int maxAnswerChars) {

    /** @throws IllegalArgumentException if a limit is not positive */
    public LimitSettings {
        if (messagesPerMinute < 1 || stopsPerMinute < 1 || maxStreams < 1 || maxConnections < 1 || maxAnswerChars < 1) {
            throw new IllegalArgumentException("parley.limits: all limits are positive");
        }
    }

    public Limits frame() {
        return new Limits(ClientFrame.MAX_MESSAGE_CHARS, maxAnswerChars, messagesPerMinute, maxStreams, maxConnections);
    }
}
