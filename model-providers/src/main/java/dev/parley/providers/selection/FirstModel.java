package dev.parley.providers.selection;

import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.http.Failures;
import dev.parley.providers.http.ModelHttp;
import dev.parley.providers.http.ServiceAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The first model in a server's list, for servers whose model is not set. */
final class FirstModel {

    /** Stands for the model until the server has been asked. */
    static final String AUTO = "auto";

    private final ModelHttp http;
    private final ServiceAddress address;
    private final Listing listing;
    private final Map<String, String> headers;
    private final Optional<String> fallback;
    private final Failures failures;
    private volatile Optional<String> known = Optional.empty();

    /** @param fallback the model if the server has no list */
    FirstModel(
            ModelHttp http,
            ServiceAddress address,
            Listing listing,
            Map<String, String> headers,
            Optional<String> fallback,
            Failures failures) {
        this.http = http;
        this.address = address;
        this.listing = listing;
        this.headers = headers;
        this.fallback = fallback;
        this.failures = failures;
    }

    /** The path of a list of models, and the place of the first name in it. */
    record Listing(String path, String pointerToFirst) {
        static final Listing OLLAMA = new Listing("/api/tags", "/models/0/name");
        static final Listing OPENAI = new Listing("/models", "/data/0/id");
    }

    /** The name, or {@link #AUTO} if it is not known yet. Never waits. */
    String nameIfKnown() {
        return known.orElse(AUTO);
    }

    /** The server has rejected this model, for example because it was removed: the list is read again for the next answer. */
    void forget(String model) {
        if (known.equals(Optional.of(model))) {
            known = Optional.empty();
        }
    }

    /** The name; reads the list if it is not known yet. */
    String name(Duration timeout) throws ProviderException, InterruptedException {
        if (known.isEmpty()) {
            known = Optional.of(readOrFallback(timeout));
        }
        return known.get();
    }

    private String readOrFallback(Duration timeout) throws ProviderException, InterruptedException {
        try {
            return read(timeout);
        } catch (ProviderException e) {
            boolean hasNoList =
                    e.kind() == Kind.REJECTED || e.kind() == Kind.UNAUTHORIZED || e.kind() == Kind.BAD_RESPONSE;
            if (hasNoList && fallback.isPresent()) {
                return fallback.get();
            }
            throw e;
        }
    }

    private String read(Duration timeout) throws ProviderException, InterruptedException {
        try {
            JsonNode list = http.get(address, listing.path(), headers, timeout, failures);
            String first = list.at(listing.pointerToFirst()).asString("");
            return ModelName.of(first).orElseThrow(() -> failures.badResponse("has no model to offer"));
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw failures.badResponse("broke off its list of models");
        }
    }
}
