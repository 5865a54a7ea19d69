package dev.parley.gateway.websocket;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.relay.Relay;
import dev.parley.schema.connection.ServerFrame.Limits;
import java.time.Clock;

/** What all sockets of a node share. */
public record SocketContext(
        ChatService requests,
        TokenVerifier verifier,
        GatewayMetrics metrics,
        Limits limits,
        SocketSettings settings,
        Clock clock) {

    Relay relay() {
        return requests.relay();
    }
}
