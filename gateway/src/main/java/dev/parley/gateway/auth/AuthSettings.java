package dev.parley.gateway.auth;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.auth}: whose tokens are believed. At least one of secret, public key and JWKS address is needed; where there are
 * several, each answers for the algorithms of its own kind.
 *
 * @param secret HS256 secret as text, at least 32 bytes in UTF-8
 * @param publicKey RSA, EC or Ed25519 public key or certificate: PEM text, or the path of a PEM file
 * @param jwksUri http(s) address of a JWKS; keys are rotated by reading it again
 * @param issuer the {@code iss} that tokens must have; none wanted if absent
 * @param audience the {@code aud} that tokens must have; none wanted if absent
 * @param queryToken whether {@code ?token=} is accepted at the WebSocket handshake; query strings end up in logs, so off by default
 * @param clockSkewS how far the issuer's clock may be ahead ({@code nbf}), in seconds, 0 to 300
 */
@ConfigurationProperties("parley.auth")
public record AuthSettings(
        @Nullable String secret,
        @Nullable String publicKey,
        @Nullable String jwksUri,
        @Nullable String issuer,
        @Nullable String audience,
        @DefaultValue("false") boolean queryToken,
        @DefaultValue("5") int clockSkewS) {

    private static final int MIN_SECRET_BYTES = 32;
    private static final int MAX_CLOCK_SKEW_S = 300;

    /** @throws IllegalArgumentException if no key is given, or one that cannot do */
    public AuthSettings {
        secret = blankIsNull(secret);
        publicKey = blankIsNull(publicKey);
        jwksUri = blankIsNull(jwksUri);
        if (secret == null && publicKey == null && jwksUri == null) {
            throw new IllegalArgumentException("parley.auth: none of secret (PARLEY_AUTH_SECRET), public-key"
                    + " (PARLEY_AUTH_PUBLIC_KEY) and jwks-uri (PARLEY_AUTH_JWKS_URI) is set: no token can be verified");
        }
        if (secret != null && secret.getBytes(StandardCharsets.UTF_8).length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "parley.auth.secret (PARLEY_AUTH_SECRET) is shorter than " + MIN_SECRET_BYTES + " bytes in UTF-8");
        }
        if (jwksUri != null && !jwksUri.startsWith("https://") && !jwksUri.startsWith("http://")) {
            throw new IllegalArgumentException("parley.auth.jwks-uri (PARLEY_AUTH_JWKS_URI) is not an http(s) address");
        }
        if (clockSkewS < 0 || clockSkewS > MAX_CLOCK_SKEW_S) {
            throw new IllegalArgumentException("parley.auth.clock-skew-s is 0 to " + MAX_CLOCK_SKEW_S);
        }
        issuer = blankIsNull(issuer);
        audience = blankIsNull(audience);
    }

    private static @Nullable String blankIsNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    @Override
    public String toString() {
        return "AuthSettings[issuer=" + issuer + ", audience=" + audience + ", queryToken=" + queryToken + "]";
    }
}
