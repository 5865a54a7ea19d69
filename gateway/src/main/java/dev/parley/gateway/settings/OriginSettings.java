package dev.parley.gateway.settings;

import dev.parley.service.startup.Groups;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley}: the setting of the gateway that has no group.
 *
 * @param allowedOrigins origins of pages that may connect besides the gateway's own; a comma-separated list
 */
@ConfigurationProperties(Groups.ROOT)
public record OriginSettings(@DefaultValue List<String> allowedOrigins) {}
