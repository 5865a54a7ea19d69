package dev.parley.gateway.auth;

import dev.parley.service.startup.CheckedSettings;
import dev.parley.service.startup.Groups;
import dev.parley.service.startup.Problems;
import dev.parley.service.startup.SettingProblem;
import dev.parley.token.TokenIssuer;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.convert.DurationUnit;

/**
 * {@code parley.auth}: which tokens are accepted. At least one of secret, public key and JWKS address is needed; each verifies only algorithms of
 * its own kind.
 *
 * @param secret HS256 secret as text, at least 32 bytes in UTF-8
 * @param publicKey RSA, EC or Ed25519 public key or certificate: PEM text, or the path of a PEM file
 * @param jwksUri http(s) address of a JWKS, which is read again for rotated keys
 * @param issuer the {@code iss} that tokens must have; if absent, it is not checked
 * @param audience the {@code aud} that tokens must have; if absent, it is not checked
 * @param queryToken whether {@code ?token=} is accepted at the WebSocket handshake; off by default, because query strings appear in logs
 * @param clockSkew how far the issuer's clock may be ahead ({@code nbf})
 */
@ConfigurationProperties(Groups.AUTH)
public record AuthSettings(
        @Nullable String secret,
        @Nullable String publicKey,
        @Nullable String jwksUri,
        @Nullable String issuer,
        @Nullable String audience,
        @DefaultValue("false") boolean queryToken,

        @Name("clock-skew-s")
        @DefaultValue("5")
        @DurationUnit(ChronoUnit.SECONDS)
        @DurationMin(seconds = 0)
        @DurationMax(seconds = 300)
        Duration clockSkew)
        implements CheckedSettings {

    /** Blank values count as absent: compose files pass them. */
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
        if (secret != null && secret.getBytes(StandardCharsets.UTF_8).length < TokenIssuer.MIN_SECRET_BYTES) {
            problems.add(new SettingProblem(
                    "PARLEY_AUTH_SECRET (parley.auth.secret)",
                    "has " + secret.getBytes(StandardCharsets.UTF_8).length + " bytes (the value is not shown)",
                    "It must have at least " + TokenIssuer.MIN_SECRET_BYTES
                            + " bytes in UTF-8; openssl rand -hex 32 makes one."));
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

    /**
     * Signs tokens that these settings accept.
     *
     * @throws IllegalArgumentException if there is no secret, or it is too short
     */
    public TokenIssuer tokenIssuer() {
        if (secret == null) {
            throw new IllegalArgumentException("parley.auth.secret is not set: no token can be made without it");
        }
        return new TokenIssuer(secret, issuer, audience);
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
