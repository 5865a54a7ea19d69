package dev.parley.providers.selection;

import java.util.Optional;

/** How one service is reached, as far as it was set. Its text form holds no secret. */
public record ServiceSettings(Optional<String> apiKey, Optional<String> baseUrl, Optional<String> model) {

    /** Somebody wants this service: it has a key, or an address that may not need one. */
    boolean isSet() {
        return apiKey.isPresent() || baseUrl.isPresent();
    }

    /** The variable by which it is set. */
    String variable(Service service) {
        return ProviderSettings.variable(service, apiKey.isPresent() ? "api-key" : "base-url");
    }

    @Override
    public String toString() {
        return "ServiceSettings[key " + (apiKey.isPresent() ? "set" : "not set") + "]";
    }
}
