package dev.parley.gateway.settings;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/**
 * {@code parley.gateway.socket}: the bounds of a WebSocket.
 *
 * @param heartbeat interval of pings; a connection from which no frame comes after two pings is closed with 4408
 * @param maxFrame longest message from a client, in UTF-8; a longer one closes with 1009
 * @param maxBacklog what is held for one connection alone; more closes with 4430. Events do not count, as all readers share them
 * @param maxWrite a reader that takes less than {@code minProgress} in this time, while data waits for it, is closed with 4430, if need be by
 *     cutting the TCP connection. The same holds for answers as server-sent events
 * @param minProgress see {@code maxWrite}
 * @param maxControlFrames ping and pong frames of a client in ten seconds; more closes with 1008
 * @param maxMalformed malformed frames in a row that are answered with an error; then the connection is closed with 1008
 * @param maxJoinedSessions sessions that a connection may have joined
 * @param framesPerSecond frames that a connection may send in the long run; more are refused
 * @param frameBurst frames that a connection may send at once, such as a {@code resume} for each of its streams
 * @param reconnectSpread a stopping node asks its clients to reconnect within this time, each at a random moment
 * @param drain how long a stopping node waits for its connections to be closed
 */
public record SocketSettings(
        @Name("heartbeat-ms") @DefaultValue("25000") @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration heartbeat,

        @Name("max-frame-bytes") @DefaultValue("262144") @Min(1) @Max(16_777_216)
        DataSize maxFrame,

        @Name("max-backlog-bytes") @DefaultValue("262144") @Min(1) @Max(Integer.MAX_VALUE)
        DataSize maxBacklog,

        @Name("max-write-ms") @DefaultValue("15000") @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration maxWrite,

        @Name("min-progress-bytes") @DefaultValue("16384") @Min(1) @Max(Integer.MAX_VALUE)
        DataSize minProgress,

        @DefaultValue("100") @Min(1) int maxControlFrames,
        @DefaultValue("100") @Min(1) int maxMalformed,
        @DefaultValue("1000") @Min(1) int maxJoinedSessions,
        @DefaultValue("200") @Min(1) int framesPerSecond,
        @DefaultValue("2000") @Min(1) int frameBurst,

        @Name("reconnect-spread-ms") @DefaultValue("5000") @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration reconnectSpread,

        @Name("drain-ms") @DefaultValue("3000") @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration drain) {}
