package dev.parley.providers.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.util.Base64;
import java.util.Optional;

/**
 * The base URL of a service, as its own SDK takes it, with or without a slash at the end. User and password are removed from it and sent
 * as a header, so that they are never logged.
 */
public final class ServiceAddress {

    private final URI base;
    private final Optional<String> basicAuthorization;

    /** @throws IllegalArgumentException if it is not an http or https URL; the message does not contain it */
    public ServiceAddress(String baseUrl) {
        URI given = parse(baseUrl.strip());
        String scheme = given.getScheme();
        if (given.getHost() == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
            throw notAnAddress();
        }
        String path = given.getRawPath().replaceAll("/+$", "");
        String query = given.getRawQuery() == null ? "" : "?" + given.getRawQuery();
        String port = given.getPort() < 0 ? "" : ":" + given.getPort();
        this.base = parse(scheme + "://" + given.getHost() + port + path + query);
        this.basicAuthorization = Optional.ofNullable(given.getUserInfo())
                .map(user -> "Basic " + Base64.getEncoder().encodeToString(user.getBytes(UTF_8)));
    }

    /** @param path of a {@link Call} */
    public URI resolve(String path) {
        String text = base.toString();
        int query = text.indexOf('?');
        if (query < 0) {
            return parse(text + path);
        }
        String joined = path.contains("?") ? "&" : "?";
        return parse(text.substring(0, query) + path + joined + text.substring(query + 1));
    }

    public String host() {
        return base.getHost();
    }

    Optional<String> basicAuthorization() {
        return basicAuthorization;
    }

    /** The URL without user and password. */
    @Override
    public String toString() {
        return base.toString();
    }

    private static URI parse(String url) {
        try {
            return URI.create(url);
        } catch (IllegalArgumentException e) {
            throw notAnAddress();
        }
    }

    private static IllegalArgumentException notAnAddress() {
        return new IllegalArgumentException("a base URL must begin with http:// or https://");
    }
}
