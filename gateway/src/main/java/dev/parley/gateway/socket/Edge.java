package dev.parley.gateway.socket;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.gateway.publish.CommandPublisher;
import dev.parley.gateway.publish.Commands;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.tail.LogTail;
import dev.parley.schema.connection.ServerFrame.Limits;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/** What all connections of a node share. */
public record Edge(
        Relay relay,
        CommandPublisher publisher,
        Commands commands,
        TokenVerifier verifier,
        LogTail tail,
        GatewayMetrics metrics,
        Limits limits,
        SocketSettings settings,
        Clock clock) {

    /** Milliseconds on a clock that never jumps; only differences mean something. */
    public static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
