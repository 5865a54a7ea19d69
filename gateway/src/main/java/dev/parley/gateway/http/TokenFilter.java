package dev.parley.gateway.http;

import dev.parley.gateway.auth.Bearer;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.gateway.auth.Verified;
import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets only callers with a good token reach {@code /api}, but for the calls that see to it themselves. */
public final class TokenFilter extends OncePerRequestFilter {

    private static final String CALLER = TokenFilter.class.getName() + ".caller";
    private static final Set<String> OPEN = Set.of("/api/ws", "/api/dev/token");

    private final TokenVerifier verifier;

    public TokenFilter(TokenVerifier verifier) {
        this.verifier = verifier;
    }

    /** Who makes this request. */
    static Caller caller(HttpServletRequest request) {
        if (request.getAttribute(CALLER) instanceof Caller caller) {
            return caller;
        }
        throw new IllegalStateException("the token filter does not cover this path");
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return OPEN.contains(request.getServletPath());
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String token = Bearer.inAuthorization(request.getHeader(HttpHeaders.AUTHORIZATION));
        if (token == null) {
            JsonResponse.writeProblem(response, Refusal.of(ErrorCode.UNAUTHORIZED, "no token"));
            return;
        }
        switch (verifier.verify(token)) {
            case Verified.Refused(String reason) ->
                JsonResponse.writeProblem(response, Refusal.of(ErrorCode.UNAUTHORIZED, reason));
            case Verified.Accepted(Caller caller) -> {
                request.setAttribute(CALLER, caller);
                chain.doFilter(request, response);
            }
        }
    }
}
