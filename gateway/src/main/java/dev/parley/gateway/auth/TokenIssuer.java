package dev.parley.gateway.auth;

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
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Issues tokens that {@link TokenVerifier} accepts, signed with the same secret. For development and tests. */
public final class TokenIssuer {

    private final AuthSettings settings;

    /** @throws IllegalArgumentException if {@code parley.auth.secret} is not set */
    public TokenIssuer(AuthSettings settings) {
        if (settings.secret() == null) {
            throw new IllegalArgumentException("parley.auth.secret is not set: set it to issue tokens");
        }
        this.settings = settings;
    }

    public String issue(UserId user, Set<Role> roles, @Nullable Priority ceiling, Instant now, Duration life) {
        byte[] secret = Objects.requireNonNull(settings.secret()).getBytes(StandardCharsets.UTF_8);
        List<String> names = roles.stream().map(Role::wireName).sorted().toList();
        JwtBuilder token = Jwts.builder()
                .json(new JwtJson.ToJson())
                .subject(user.value())
                .id(UUID.randomUUID().toString())
                .issuedAt(Date.from(now))
                .expiration(Date.from(now.plus(life)))
                .claim("roles", names);
        if (ceiling != null) {
            token.claim("priority", ceiling.wireName());
        }
        if (settings.issuer() != null) {
            token.issuer(settings.issuer());
        }
        if (settings.audience() != null) {
            token.audience().add(settings.audience());
        }
        return token.signWith(Keys.hmacShaKeyFor(secret), Jwts.SIG.HS256).compact();
    }
}
