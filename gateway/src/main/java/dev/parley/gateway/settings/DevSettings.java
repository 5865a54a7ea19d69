package dev.parley.gateway.settings;

import dev.parley.service.startup.Groups;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.dev}: for development only; standalone switches it on where only the local machine can connect.
 *
 * @param tokenEndpoint whether {@code POST /api/dev/token} issues tokens to every caller
 */
@ConfigurationProperties(Groups.DEV)
public record DevSettings(@DefaultValue("false") boolean tokenEndpoint) {}
