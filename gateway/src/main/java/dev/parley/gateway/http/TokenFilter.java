package dev.parley.gateway.http;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.auth.BearerToken;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.auth.Role;
import dev.parley.gateway.auth.TokenVerification;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.UserId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets only callers with a good token reach {@code /api}, but for the calls that see to it themselves. */
public final class TokenFilter extends OncePerRequestFilter {

    private static final String CALLER = TokenFilter.class.getName() + ".caller";
    private static final String SUBJECT = TokenFilter.class.getName() + ".subject";
    private static final String NAMES_A_USER = "user_id";
    private static final Set<String> OPEN = Set.of("/api/ws", "/api/dev/token");

    private final TokenVerifier verifier;

    private final GatewayMetrics metrics;

    public TokenFilter(TokenVerifier verifier, GatewayMetrics metrics) {
        this.metrics = metrics;
        this.verifier = verifier;
    }

    /** Who makes this request. */
    static Caller caller(HttpServletRequest request) {
        if (request.getAttribute(CALLER) instanceof Caller caller) {
            return caller;
        }
        throw new IllegalStateException("the token filter does not cover this path");
    }

    /** Whose things are asked for: the caller's own, or, for an auditor who names somebody, that user's. */
    static UserId subject(HttpServletRequest request) {
        return request.getAttribute(SUBJECT) instanceof UserId named
                ? named
                : caller(request).user();
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return OPEN.contains(request.getServletPath());
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

    /** {@code ?user_id=}: to look at another user's things is for auditors, and nobody changes them. */
    private static @Nullable Refusal nameSubject(HttpServletRequest request, Caller caller) {
        String query = request.getQueryString();
        if (query == null || !query.contains(NAMES_A_USER)) {
            return null;
        }
        String named = request.getParameter(NAMES_A_USER);
        if (named == null) {
            return null;
        }
        if (!request.getMethod().equals("GET") || !caller.roles().contains(Role.AUDITOR)) {
            return Refusal.of(ErrorCode.FORBIDDEN, "user_id is for auditors, who may look and change nothing");
        }
        try {
            request.setAttribute(SUBJECT, new UserId(named));
            return null;
        } catch (IllegalArgumentException e) {
            return Refusal.of(ErrorCode.INVALID_MESSAGE_FORMAT, "user_id: 1 to " + UserId.MAX_CHARS + " characters");
        }
    }
}
