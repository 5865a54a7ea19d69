package dev.parley.gateway.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the token in the headers of a request. */
public final class BearerToken {

    private static final String SUBPROTOCOL_PREFIX = "bearer.";
    private static final String SCHEME = "bearer ";

    private BearerToken() {}

    /** The token of {@code Sec-WebSocket-Protocol: parley.v1, bearer.<JWT>}. */
    public static @Nullable String inSubprotocols(List<String> headers) {
        for (String header : headers) {
            for (String offered : header.split(",", -1)) {
                String name = offered.strip();
                if (name.startsWith(SUBPROTOCOL_PREFIX)) {
                    return name.substring(SUBPROTOCOL_PREFIX.length());
                }
            }
        }
        return null;
    }

    /** The token of {@code Authorization: Bearer <JWT>}. */
    public static @Nullable String inAuthorization(@Nullable String header) {
        return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? header.substring(SCHEME.length()).strip()
                : null;
    }
}
