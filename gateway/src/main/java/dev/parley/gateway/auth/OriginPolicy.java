package dev.parley.gateway.auth;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the {@code Origin} header which pages may connect: those of the gateway's own origin and those of the listed origins. Scheme, host and
 * port are compared. Clients that are no browsers send no {@code Origin} and may connect.
 */
public final class OriginPolicy {

    private final Set<String> allowed;

    /** @param allowed origins such as {@code https://chat.example.org}; without wildcards */
    public OriginPolicy(List<String> allowed) {
        this.allowed = allowed.stream().map(OriginPolicy::normal).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * @param origin the header's text, null if there was none
     * @param scheme of the request as the client sees it: http or https
     * @param host the request's Host header
     */
    public boolean allows(@Nullable String origin, String scheme, @Nullable String host) {
        if (origin == null) {
            return true;
        }
        String requested = normal(origin);
        return allowed.contains(requested) || (host != null && requested.equals(normal(scheme + "://" + host)));
    }

    /** Whether pages of this origin, which is not the gateway's own, may connect. */
    public boolean isListed(@Nullable String origin) {
        return origin != null && allowed.contains(normal(origin));
    }

    /** Lower case, without a default port. The result for a text that is no origin equals no origin. */
    private static String normal(String origin) {
        try {
            URI uri = new URI(origin.toLowerCase(Locale.ROOT));
            if (uri.getHost() == null || uri.getUserInfo() != null) {
                return "not an origin: " + origin;
            }
            boolean defaultPort = uri.getPort() == -1
                    || ("https".equals(uri.getScheme()) && uri.getPort() == 443)
                    || ("http".equals(uri.getScheme()) && uri.getPort() == 80);
            return uri.getScheme() + "://" + uri.getHost() + (defaultPort ? "" : ":" + uri.getPort());
        } catch (URISyntaxException e) {
            return "not an origin: " + origin;
        }
    }
}
