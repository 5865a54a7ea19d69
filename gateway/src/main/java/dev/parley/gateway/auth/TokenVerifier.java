package dev.parley.gateway.auth;

import dev.parley.schema.command.Priority;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.WellFormed;
import dev.parley.token.JwtJson;
import dev.parley.token.Role;
import dev.parley.token.TokenClaims;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.JwsHeader;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.JwtParserBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.LocatorAdapter;
import io.jsonwebtoken.UnsupportedJwtException;
import io.jsonwebtoken.security.SecureDigestAlgorithm;
import java.security.Key;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens. Signature, expiry, issuer and audience are checked. The key determines the algorithm, whatever the token's header says. Compressed
 * and encrypted tokens are refused. {@code sub} and {@code exp} are required.
 *
 * <p>If keys from several sources are configured, a token is valid if one source verifies it. Each source has its own parser, so that no key is used
 * with an algorithm that only another source allows.
 */
public final class TokenVerifier {

    /** Longer than any token that fits into a header. */
    private static final int MAX_CHARS = 16 * 1024;

    private final List<JwtParser> parsers;
    private final Clock clock;

    /** Reads the configured keys; a JWKS is read when the first token needs it. */
    public TokenVerifier(AuthSettings settings, Clock clock) {
        this(settings, ConfiguredKeys.of(settings, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime())), clock);
    }

    TokenVerifier(AuthSettings settings, List<VerificationKeys> sources, Clock clock) {
        this.clock = clock;
        this.parsers =
                sources.stream().map(keys -> parser(settings, keys, clock)).toList();
    }

    private static JwtParser parser(AuthSettings settings, VerificationKeys keys, Clock clock) {
        JwtParserBuilder builder = Jwts.parser()
                .json(new JwtJson.Reader())
                .clock(() -> Date.from(clock.instant()))
                .clockSkewSeconds(settings.clockSkew().toSeconds())
                .keyLocator(new KeyLocator(keys));
        builder.sig().clear().add(algorithms(keys.algorithms()));
        builder.zip().clear();
        builder.enc().clear();
        builder.key().clear();
        if (settings.issuer() != null) {
            builder.requireIssuer(settings.issuer());
        }
        if (settings.audience() != null) {
            builder.requireAudience(settings.audience());
        }
        return builder.build();
    }

    private static List<SecureDigestAlgorithm<?, ?>> algorithms(Set<String> names) {
        return names.stream()
                .<SecureDigestAlgorithm<?, ?>>map(Jwts.SIG.get()::forKey)
                .toList();
    }

    public TokenVerification verify(String token) {
        if (token.length() > MAX_CHARS) {
            return new TokenVerification.Refused("token too long");
        }
        for (JwtParser parser : parsers) {
            try {
                return callerOf(parser.parseSignedClaims(token).getPayload());
            } catch (ExpiredJwtException e) {
                return new TokenVerification.Refused("token expired");
            } catch (JwtException | IllegalArgumentException e) {
                // the next source may have the key
            }
        }
        return new TokenVerification.Refused("token invalid");
    }

    private TokenVerification callerOf(Claims claims) {
        String subject = claims.getSubject();
        Date expires = claims.getExpiration();
        if (subject == null || expires == null) {
            return new TokenVerification.Refused("token without sub or exp");
        }
        if (!WellFormed.of(subject).equals(subject)) {
            return new TokenVerification.Refused("sub is not well-formed text");
        }
        Instant expiresAt = expires.toInstant();
        if (!clock.instant().isBefore(expiresAt)) {
            return new TokenVerification.Refused(
                    "token expired"); // without skew: its connection would be closed at once
        }
        return new TokenVerification.Accepted(new Caller(
                new UserId(subject),
                roles(claims.get(TokenClaims.ROLES)),
                ceiling(claims.get(TokenClaims.PRIORITY)),
                expiresAt));
    }

    /** Unknown roles are ignored. */
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

    /** Finds the configured key for the algorithm and key id in the header. Nothing else in the header is used. */
    private static final class KeyLocator extends LocatorAdapter<Key> {

        private final VerificationKeys keys;

        KeyLocator(VerificationKeys keys) {
            this.keys = keys;
        }

        @Override
        protected Key locate(JwsHeader header) {
            Key key = keys.find(header.getAlgorithm(), header.getKeyId());
            if (key == null) {
                throw new UnsupportedJwtException("no key for this token");
            }
            return key;
        }
    }
}
