package dev.parley.gateway.settings;

import dev.parley.service.startup.Groups;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.gateway}: one gateway node.
 *
 * @param id the node's name in what it writes; random if absent
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
        return Objects.requireNonNull(id);
    }
}
