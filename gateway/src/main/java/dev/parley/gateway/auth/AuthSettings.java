package dev.parley.gateway.auth;

import dev.parley.schema.startup.CheckedSettings;
import dev.parley.schema.startup.Groups;
import dev.parley.schema.startup.Problems;
import dev.parley.schema.startup.SettingProblem;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.net.URISyntaxException;
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
@ConfigurationProperties(Groups.AUTH)
public record AuthSettings(
        @Nullable String secret,
        @Nullable String publicKey,
        @Nullable String jwksUri,
        @Nullable String issuer,
        @Nullable String audience,
        @DefaultValue("false") boolean queryToken,
        @DefaultValue("5") @Min(0) @Max(300) int clockSkewS)
        implements CheckedSettings {

    private static final int MIN_SECRET_BYTES = 32;

    /** Empty texts are no settings: compose files pass those. */
    public AuthSettings {
        secret = blankIsNull(secret);
        publicKey = blankIsNull(publicKey);
        jwksUri = blankIsNull(jwksUri);
        issuer = blankIsNull(issuer);
        audience = blankIsNull(audience);
    }

    @Override
    public void check(Problems problems) {
        if (secret == null && publicKey == null && jwksUri == null) {
            problems.add(
                    new SettingProblem(
                            "PARLEY_AUTH_SECRET (parley.auth.secret)",
                            "is not set, and neither are PARLEY_AUTH_PUBLIC_KEY and PARLEY_AUTH_JWKS_URI: no token could be verified",
                            "Set one of them, such as PARLEY_AUTH_SECRET=$(openssl rand -hex 32), the same for every gateway."));
        }
        if (secret != null && secret.getBytes(StandardCharsets.UTF_8).length < MIN_SECRET_BYTES) {
            problems.add(new SettingProblem(
                    "PARLEY_AUTH_SECRET (parley.auth.secret)",
                    "has " + secret.getBytes(StandardCharsets.UTF_8).length + " bytes (the value is not shown)",
                    "It must have at least " + MIN_SECRET_BYTES + " bytes in UTF-8; openssl rand -hex 32 makes one."));
        }
        if (publicKey != null) {
            problems.attempt(() -> PemKey.read(publicKey));
        }
        if (jwksUri != null && !isHttp(jwksUri)) {
            problems.add(
                    "parley.auth.jwks-uri",
                    jwksUri,
                    "It must be an address such as https://login.example.com/jwks.json.");
        }
    }

    private static boolean isHttp(String address) {
        try {
            URI uri = new URI(address);
            return uri.getHost() != null
                    && ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static @Nullable String blankIsNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    @Override
    public String toString() {
        return "AuthSettings[issuer=" + issuer + ", audience=" + audience + ", queryToken=" + queryToken + "]";
    }
}
