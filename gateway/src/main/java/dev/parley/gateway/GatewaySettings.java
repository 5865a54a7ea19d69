package dev.parley.gateway;

import dev.parley.gateway.http.SseSettings;
import dev.parley.gateway.publish.PublishSettings;
import dev.parley.gateway.relay.WindowBounds;
import dev.parley.gateway.tail.TailSettings;
import dev.parley.gateway.websocket.SocketSettings;
import dev.parley.schema.startup.Groups;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.gateway}: this node.
 *
 * @param id names this node in what it writes; made up if absent
 */
@ConfigurationProperties(Groups.GATEWAY)
public record GatewaySettings(
        @Nullable String id,
        @DefaultValue SocketSettings socket,
        @DefaultValue WindowSettings window,
        @DefaultValue TailSettings tail,
        @DefaultValue PublishSettings publish,
        @DefaultValue SseSettings sse) {

    public GatewaySettings {
        id = id == null || id.isBlank()
                ? "gateway-" + UUID.randomUUID().toString().substring(0, 8)
                : id;
    }

    /** The node's name. */
    public String nodeId() {
        return java.util.Objects.requireNonNull(id);
    }

    /**
     * {@code parley.gateway.window}: what is kept in memory so that clients can resume.
     *
     * @param maxBytes of all events together; 0: a quarter of the heap, at most 128 MiB
     * @param keepFinishedMs how long a finished stream can be resumed from memory
     * @param keepSilentMs how long a stream without an end is remembered after its last record
     * @param warmUpMs how far back a starting node reads before it is ready: {@code keepFinishedMs} and the longest stream
     * @param maxIds for so many messages, the newest, it is known that they were sent; about 30 bytes each
     */
    public record WindowSettings(
            @DefaultValue("0") @Min(0) long maxBytes,
            @DefaultValue("600000") @Min(1) long keepFinishedMs,
            @DefaultValue("3600000") @Min(1) long keepSilentMs,

            @DefaultValue("1500000") @Min(1) @Max(604_800_000)
            long warmUpMs,

            @DefaultValue("1000000") @Min(1) int maxIds) {

        private static final long MOST_DERIVED_BYTES = 128L * 1024 * 1024;

        public WindowBounds bounds() {
            return bounds(Runtime.getRuntime().maxMemory());
        }

        WindowBounds bounds(long heapBytes) {
            long derived = Math.min(MOST_DERIVED_BYTES, Math.max(1, heapBytes / 4));
            return new WindowBounds(maxBytes > 0 ? maxBytes : derived, keepFinishedMs, keepSilentMs);
        }
    }

    /**
     * {@code parley}: what all of Parley shares.
     *
     * @param allowedOrigins origins of pages that may connect, beside the gateway's own; a comma-separated list
     */
    @ConfigurationProperties(Groups.ROOT)
    public record Edge(@DefaultValue List<String> allowedOrigins) {}

    /**
     * {@code parley.dev}: what is for development only; standalone turns it on where nobody else reaches it.
     *
     * @param tokenEndpoint whether {@code POST /api/dev/token} gives a token to everybody who asks
     */
    @ConfigurationProperties(Groups.DEV)
    public record Dev(@DefaultValue("false") boolean tokenEndpoint) {}
}
