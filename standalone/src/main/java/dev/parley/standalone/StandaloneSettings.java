package dev.parley.standalone;

import dev.parley.service.startup.Groups;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley}: the setting that only standalone has. {@link LaunchSettings} reads it, because it is needed before the services start;
 * this record makes its name known.
 *
 * @param dataDir where topics, documents and the secret are kept
 */
@ConfigurationProperties(Groups.ROOT)
record StandaloneSettings(@DefaultValue("data") String dataDir) {}
