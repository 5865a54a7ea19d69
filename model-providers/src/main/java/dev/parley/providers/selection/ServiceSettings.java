package dev.parley.providers.selection;

import java.util.Optional;

/** The settings of one service. {@link #toString()} contains no secret. */
public record ServiceSettings(Optional<String> apiKey, Optional<String> baseUrl, Optional<String> model) {

    /** Whether the service has a key, or an address that may not need one. */
    boolean isSet() {
        return apiKey.isPresent() || baseUrl.isPresent();
    }

    /** The environment variable that sets up the service. */
    String variable(Service service) {
        return ProviderSettings.variable(service, apiKey.isPresent() ? "api-key" : "base-url");
    }

    @Override
    public String toString() {
        return "ServiceSettings[key " + (apiKey.isPresent() ? "set" : "not set") + "]";
    }
}
