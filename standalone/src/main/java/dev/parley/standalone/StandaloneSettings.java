package dev.parley.standalone;

import dev.parley.schema.startup.Groups;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley}: what only standalone has. It is needed before anything else starts, so {@link LaunchSettings} reads it; here it is
 * known by its name.
 *
 * @param dataDir where topics, documents and secret are kept
 */
@ConfigurationProperties(Groups.ROOT)
record StandaloneSettings(@DefaultValue("data") String dataDir) {}
