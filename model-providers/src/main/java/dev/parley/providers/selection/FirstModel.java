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

/** The model that a server names first in its list: for those who run their own and do not want to say which. */
final class FirstModel {

    /** Stands for it as long as the server was not asked, or did not answer. */
    static final String AUTO = "auto";

    private final ModelHttp http;
    private final ServiceAddress address;
    private final Listing listing;
    private final Map<String, String> headers;
    private final Optional<String> otherwise;
    private final Failures failures;
    private volatile Optional<String> known = Optional.empty();

    /** @param otherwise what to ask for where the server has no list */
    FirstModel(
            ModelHttp http,
            ServiceAddress address,
            Listing listing,
            Map<String, String> headers,
            Optional<String> otherwise,
            Failures failures) {
        this.http = http;
        this.address = address;
        this.listing = listing;
        this.headers = headers;
        this.otherwise = otherwise;
        this.failures = failures;
    }

    /** Where a list of models is and how it names the first. */
    record Listing(String path, String pointerToFirst) {
        static final Listing OLLAMA = new Listing("/api/tags", "/models/0/name");
        static final Listing OPENAI = new Listing("/models", "/data/0/id");
    }

    /** Never waits. */
    String nameIfKnown() {
        return known.orElse(AUTO);
    }

    /** The server does not take that model, perhaps any more: if it was its first, it is asked again. */
    void forget(String model) {
        if (known.equals(Optional.of(model))) {
            known = Optional.empty();
        }
    }

    /** Asks the server unless it has answered before. */
    String name(Duration timeout) throws ProviderException, InterruptedException {
        if (known.isEmpty()) {
            known = Optional.of(askOrElse(timeout));
        }
        return known.get();
    }

    private String askOrElse(Duration timeout) throws ProviderException, InterruptedException {
        try {
            return ask(timeout);
        } catch (ProviderException e) {
            boolean hasNoList =
                    e.kind() == Kind.REJECTED || e.kind() == Kind.UNAUTHORIZED || e.kind() == Kind.BAD_RESPONSE;
            if (hasNoList && otherwise.isPresent()) {
                return otherwise.get();
            }
            throw e;
        }
    }

    private String ask(Duration timeout) throws ProviderException, InterruptedException {
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
