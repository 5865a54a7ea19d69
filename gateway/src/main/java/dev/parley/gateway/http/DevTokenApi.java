package dev.parley.gateway.http;

import dev.parley.gateway.auth.OriginPolicy;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.Priority;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.WellFormed;
import dev.parley.token.Role;
import dev.parley.token.TokenIssuer;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /api/dev/token}: issues a token for any user, so that Parley can be tried without an identity provider. It exists only if {@code
 * parley.dev.token-endpoint} is true, and accepts only requests from this machine to a local host name.
 */
@RestController
public class DevTokenApi {

    private static final long DEFAULT_TTL_S = Duration.ofHours(12).toSeconds();
    private static final long MAX_TTL_S = Duration.ofDays(30).toSeconds();
    private static final int MAX_BODY_BYTES = 8 * 1024;
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final TokenIssuer issuer;
    private final OriginPolicy origins;
    private final Clock clock;

    public DevTokenApi(TokenIssuer issuer, OriginPolicy origins, Clock clock) {
        this.issuer = issuer;
        this.origins = origins;
        this.clock = clock;
    }

    @PostMapping("/api/dev/token")
    ResponseEntity<byte[]> token(HttpServletRequest request) throws IOException {
        if (!isLocal(request)) {
            throw new ProblemException(ErrorCode.FORBIDDEN, "tokens are issued only to requests from this machine");
        }
        return JsonResponse.of(HttpStatus.OK, issue(JsonBody.read(request, MAX_BODY_BYTES, TokenRequest.class)));
    }

    /** The host name is checked too, because any site can point a name of its own at 127.0.0.1. */
    private boolean isLocal(HttpServletRequest request) throws IOException {
        return InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress()
                && LOCAL_NAMES.contains(request.getServerName())
                && origins.allows(
                        request.getHeader(HttpHeaders.ORIGIN),
                        request.getScheme(),
                        request.getHeader(HttpHeaders.HOST));
    }

    private Issued issue(TokenRequest wanted) {
        long ttl = wanted.ttlS() == null ? DEFAULT_TTL_S : wanted.ttlS();
        Set<Role> roles = EnumSet.of(Role.USER);
        if (wanted.roles() != null) {
            wanted.roles().forEach(name -> roles.add(Role.of(name).orElseThrow()));
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        String token = issuer.issue(wanted.userId(), roles, wanted.priority(), now, Duration.ofSeconds(ttl));
        return new Issued(token, wanted.userId(), now.plusSeconds(ttl), ttl);
    }

    record TokenRequest(
            UserId userId,
            @Nullable List<String> roles,
            @Nullable Priority priority,
            @Nullable Long ttlS) {

        /** @throws IllegalArgumentException if a role is unknown or {@code ttlS} is not 1 second to 30 days */
        TokenRequest {
            if (!WellFormed.of(userId.value()).equals(userId.value())) {
                throw new IllegalArgumentException("user_id must be well-formed text");
            }
            if (roles != null && !roles.stream().allMatch(name -> Role.of(name).isPresent())) {
                throw new IllegalArgumentException("roles must be user, auditor or admin");
            }
            if (ttlS != null && (ttlS < 1 || ttlS > MAX_TTL_S)) {
                throw new IllegalArgumentException("ttl_s must be 1 to " + MAX_TTL_S);
            }
        }
    }

    /** A token and how long it is valid. */
    record Issued(String token, UserId userId, Instant expiresAt, long expiresInS) {}
}
