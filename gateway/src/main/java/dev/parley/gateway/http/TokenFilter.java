package dev.parley.gateway.http;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.auth.BearerToken;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.auth.TokenVerification;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.UserId;
import dev.parley.token.Role;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses requests to {@code /api} without a valid token, except on paths that check their callers themselves. */
public final class TokenFilter extends OncePerRequestFilter {

    private static final String CALLER = TokenFilter.class.getName() + ".caller";
    private static final String SUBJECT = TokenFilter.class.getName() + ".subject";
    private static final String USER_ID = "user_id";
    private static final Set<String> UNFILTERED_PATHS = Set.of("/api/ws", "/api/dev/token");

    private final TokenVerifier verifier;
    private final GatewayMetrics metrics;

    public TokenFilter(TokenVerifier verifier, GatewayMetrics metrics) {
        this.metrics = metrics;
        this.verifier = verifier;
    }

    /** The user who sent this request. */
    static Caller caller(HttpServletRequest request) {
        if (request.getAttribute(CALLER) instanceof Caller caller) {
            return caller;
        }
        throw new IllegalStateException("The token filter does not cover this path");
    }

    /** The user whose data is requested: the caller, or the user that an auditor names. */
    static UserId subject(HttpServletRequest request) {
        return request.getAttribute(SUBJECT) instanceof UserId named
                ? named
                : caller(request).user();
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return UNFILTERED_PATHS.contains(request.getServletPath());
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String token = BearerToken.inAuthorization(request.getHeader(HttpHeaders.AUTHORIZATION));
        if (token == null) {
            refuse(response, Refusal.of(ErrorCode.UNAUTHORIZED, "no token"));
            return;
        }
        switch (verifier.verify(token)) {
            case TokenVerification.Refused(String reason) ->
                refuse(response, Refusal.of(ErrorCode.UNAUTHORIZED, reason));
            case TokenVerification.Accepted(Caller caller) -> {
                request.setAttribute(CALLER, caller);
                Refusal refusal = nameSubject(request, caller);
                if (refusal == null) {
                    chain.doFilter(request, response);
                } else {
                    refuse(response, refusal);
                }
            }
        }
    }

    private void refuse(HttpServletResponse response, Refusal why) throws IOException {
        metrics.refusedOverHttp(why.code());
        JsonResponse.writeProblem(response, why);
    }

    /** Handles {@code ?user_id=}: auditors may read other users' data, and change none of it. */
    private static @Nullable Refusal nameSubject(HttpServletRequest request, Caller caller) {
        String query = request.getQueryString();
        if (query == null || !query.contains(USER_ID)) {
            return null;
        }
        String named = request.getParameter(USER_ID);
        if (named == null) {
            return null;
        }
        if (!request.getMethod().equals("GET") || !caller.roles().contains(Role.AUDITOR)) {
            return Refusal.of(ErrorCode.FORBIDDEN, "only auditors may use user_id, and only to read");
        }
        try {
            request.setAttribute(SUBJECT, new UserId(named));
            return null;
        } catch (IllegalArgumentException e) {
            return Refusal.of(
                    ErrorCode.INVALID_MESSAGE_FORMAT, "user_id must have 1 to " + UserId.MAX_CHARS + " characters");
        }
    }
}
