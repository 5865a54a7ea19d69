package dev.parley.gateway.auth;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.auth}: whose tokens are believed.
 *
 * @param secret HS256 secret as text, at least 32 bytes in UTF-8
 * @param issuer the {@code iss} that tokens must have; none wanted if absent
 * @param audience the {@code aud} that tokens must have; none wanted if absent
 * @param queryToken whether {@code ?token=} is accepted at the WebSocket handshake; query strings end up in logs, so off by default
 * @param clockSkewS how far the issuer's clock may differ, in seconds, 0 to 300
 */
@ConfigurationProperties("parley.auth")
public record AuthSettings(
        @Nullable String secret,
        @Nullable String issuer,
        @Nullable String audience,
        @DefaultValue("false") boolean queryToken,
        @DefaultValue("5") int clockSkewS) {

    private static final int MIN_SECRET_BYTES = 32;
    private static final int MAX_CLOCK_SKEW_S = 300;

    /** @throws IllegalArgumentException if no key is given, or one that is too short */
    public AuthSettings {
        if (secret == null || secret.isBlank()) {
            throw new IllegalArgumentException(
                    "parley.auth.secret (PARLEY_AUTH_SECRET) is not set: without it no token can be verified");
        }
        if (secret.getBytes(StandardCharsets.UTF_8).length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "parley.auth.secret (PARLEY_AUTH_SECRET) is shorter than " + MIN_SECRET_BYTES + " bytes in UTF-8");
        }
        if (clockSkewS < 0 || clockSkewS > MAX_CLOCK_SKEW_S) {
            throw new IllegalArgumentException("parley.auth.clock-skew-s is 0 to " + MAX_CLOCK_SKEW_S);
        }
        issuer = issuer == null || issuer.isBlank() ? null : issuer;
        audience = audience == null || audience.isBlank() ? null : audience;
    }

    @Override
    public String toString() {
        return "AuthSettings[issuer=" + issuer + ", audience=" + audience + ", queryToken=" + queryToken + "]";
    }
}
