package dev.parley.gateway.auth;

import dev.parley.schema.command.Priority;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.WellFormed;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.JwtParserBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says who a token speaks for. Signature, expiry, issuer and audience are checked; the algorithm is the key's, whatever the token's
 * header says; compressed and encrypted tokens are refused. {@code sub} and {@code exp} are required.
 */
public final class TokenVerifier {

    /** Longer than any token that fits into a header. */
    private static final int MAX_CHARS = 16 * 1024;

    private final JwtParser parser;

    public TokenVerifier(AuthSettings settings, Clock clock) {
        byte[] secret = Objects.requireNonNull(settings.secret()).getBytes(StandardCharsets.UTF_8);
        JwtParserBuilder builder = Jwts.parser()
                .json(new JwtJson.FromJson())
                .clock(() -> Date.from(clock.instant()))
                .clockSkewSeconds(settings.clockSkewS())
                .verifyWith(Keys.hmacShaKeyFor(secret));
        builder.sig().clear().add(Jwts.SIG.HS256);
        builder.zip().clear();
        builder.enc().clear();
        builder.key().clear();
        if (settings.issuer() != null) {
            builder.requireIssuer(settings.issuer());
        }
        if (settings.audience() != null) {
            builder.requireAudience(settings.audience());
        }
        this.parser = builder.build();
    }

    public Verified verify(String token) {
        if (token.length() > MAX_CHARS) {
            return new Verified.Refused("token too long");
        }
        try {
            return callerOf(parser.parseSignedClaims(token).getPayload());
        } catch (ExpiredJwtException e) {
            return new Verified.Refused("token expired");
        } catch (JwtException | IllegalArgumentException e) {
            return new Verified.Refused("token invalid");
        }
    }

    private static Verified callerOf(Claims claims) {
        String subject = claims.getSubject();
        Date expires = claims.getExpiration();
        if (subject == null || expires == null) {
            return new Verified.Refused("token without sub or exp");
        }
        if (!WellFormed.of(subject).equals(subject)) {
            return new Verified.Refused("sub is not well-formed text");
        }
        Instant expiresAt = expires.toInstant();
        return new Verified.Accepted(new Caller(
                new UserId(subject), roles(claims.get("roles")), ceiling(claims.get("priority")), expiresAt));
    }

    /** Roles that this version does not know give nothing. */
    private static Set<Role> roles(@Nullable Object claim) {
        Set<Role> roles = EnumSet.of(Role.USER);
        if (claim instanceof Collection<?> names) {
            for (Object name : names) {
                Role.of(String.valueOf(name)).ifPresent(roles::add);
            }
        }
        return roles;
    }

    private static Priority ceiling(@Nullable Object claim) {
        for (Priority priority : Priority.values()) {
            if (priority.wireName().equals(claim)) {
                return priority;
            }
        }
        return Priority.MEDIUM;
    }
}
