package dev.parley.gateway.websocket;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.gateway.socket}: the bounds of a WebSocket.
 *
 * @param heartbeatMs how often the server pings; a connection that answers two pings with nothing at all is closed with 4408
 * @param maxFrameBytes longest message from a client, in UTF-8 bytes; a longer one closes with 1009
 * @param maxBacklogBytes most bytes that are held for one connection alone; more closes with 4430. Events that are in memory for all
 *     readers do not count
 * @param maxWriteMs a reader that takes fewer than {@code minProgressBytes} in this time, while something waits for it, is closed with
 *     4430, if need be by cutting the TCP connection. It holds for answers as server-sent events too
 * @param minProgressBytes see {@code maxWriteMs}
 * @param maxControlFrames how many ping and pong frames a client may send in ten seconds; more closes with 1008
 * @param maxMalformed how many malformed frames in a row are answered with an error; then the connection is closed with 1008
 * @param maxJoinedSessions how many sessions a connection may have joined
 * @param framesPerSecond how many frames of any kind a connection may send in the long run; more are refused
 * @param frameBurst how many it may send at once, such as a {@code resume} for each of its streams
 * @param reconnectSpreadMs a node that leaves asks its clients to come back within this time, each at a moment of its own
 * @param drainMs how long a leaving node waits for its connections to be closed properly
 */
public record SocketSettings(
        @DefaultValue("25000") @Min(1) @Max(600_000) int heartbeatMs,
        @DefaultValue("262144") @Min(1) @Max(16_777_216) int maxFrameBytes,
        @DefaultValue("262144") @Min(1) int maxBacklogBytes,
        @DefaultValue("15000") @Min(1) @Max(600_000) int maxWriteMs,
        @DefaultValue("16384") @Min(1) int minProgressBytes,
        @DefaultValue("100") @Min(1) int maxControlFrames,
        @DefaultValue("100") @Min(1) int maxMalformed,
        @DefaultValue("1000") @Min(1) int maxJoinedSessions,
        @DefaultValue("200") @Min(1) int framesPerSecond,
        @DefaultValue("2000") @Min(1) int frameBurst,
        @DefaultValue("5000") @Min(1) @Max(600_000) int reconnectSpreadMs,
        @DefaultValue("3000") @Min(1) @Max(600_000) int drainMs) {}
