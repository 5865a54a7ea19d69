package dev.parley.token;

import dev.parley.schema.command.Priority;
import dev.parley.schema.id.UserId;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Signs tokens with the secret with which gateways verify them (HS256), for development and tests. */
public final class TokenIssuer {

    /** HS256 needs a key of at least as many bits as its digest has. */
    public static final int MIN_SECRET_BYTES = 32;

    private final byte[] secret;
    private final @Nullable String issuer;
    private final @Nullable String audience;

    /**
     * @param secret as {@code parley.auth.secret}
     * @param issuer as {@code parley.auth.issuer}; null for none
     * @param audience as {@code parley.auth.audience}; null for none
     * @throws IllegalArgumentException if the secret is too short
     */
    public TokenIssuer(String secret, @Nullable String issuer, @Nullable String audience) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
        this.issuer = issuer;
        this.audience = audience;
        if (this.secret.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("it has " + this.secret.length + " bytes in UTF-8, and at least "
                    + MIN_SECRET_BYTES + " are needed. openssl rand -hex " + MIN_SECRET_BYTES + " makes one.");
        }
    }

    /**
     * Signs a token.
     *
     * @param ceiling the most urgent priority that the user's messages may ask for; null for the verifier's default
     * @param now when it was issued
     * @param life how long it is valid
     */
    public String issue(UserId user, Set<Role> roles, @Nullable Priority ceiling, Instant now, Duration life) {
        List<String> names = roles.stream().map(Role::wireName).sorted().toList();
        JwtBuilder token = Jwts.builder()
                .json(new JwtJson.Writer())
                .subject(user.value())
                .id(UUID.randomUUID().toString())
                .issuedAt(Date.from(now))
                .expiration(Date.from(now.plus(life)))
                .claim(TokenClaims.ROLES, names);
        if (ceiling != null) {
            token.claim(TokenClaims.PRIORITY, ceiling.wireName());
        }
        if (issuer != null) {
            token.issuer(issuer);
        }
        if (audience != null) {
            token.audience().add(audience);
        }
        return token.signWith(Keys.hmacShaKeyFor(secret), Jwts.SIG.HS256).compact();
    }
}
