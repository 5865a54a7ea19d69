package dev.parley.gateway.websocket;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.settings.SocketSettings;
import dev.parley.schema.connection.ServerFrame.Limits;
import java.time.Clock;

/** What all WebSockets of a node share. */
public record SocketContext(
        ChatService chat,
        TokenVerifier verifier,
        GatewayMetrics metrics,
        Limits limits,
        SocketSettings settings,
        Clock clock) {

    Relay relay() {
        return chat.relay();
    }
}
