package dev.parley.gateway.websocket;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.auth.BearerToken;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.auth.OriginPolicy;
import dev.parley.gateway.auth.TokenVerification;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.schema.kafka.CloudEventHeaders;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/** Lets in who has a good token and comes from a page that may: 403 for a foreign Origin, 401 for no or a bad token. */
public final class HandshakeChecks implements HandshakeInterceptor {

    static final String CALLER = "caller";

    /** The trace that what is asked over the connection belongs to, if the client sent one. */
    static final String TRACEPARENT = CloudEventHeaders.TRACEPARENT;

    private static final int MAX_TRACEPARENT = 64;

    private final TokenVerifier verifier;
    private final OriginPolicy origins;
    private final boolean queryToken;
    private final SocketEndpoint endpoint;
    private final GatewayMetrics metrics;

    /** @param queryToken whether {@code ?token=} counts */
    public HandshakeChecks(
            TokenVerifier verifier,
            OriginPolicy origins,
            boolean queryToken,
            SocketEndpoint endpoint,
            GatewayMetrics metrics) {
        this.verifier = verifier;
        this.origins = origins;
        this.queryToken = queryToken;
        this.endpoint = endpoint;
        this.metrics = metrics;
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> kept) {
        HttpServletRequest servlet = ((ServletServerHttpRequest) request).getServletRequest();
        if (endpoint.isLeaving()) {
            return refuse(response, HttpStatus.SERVICE_UNAVAILABLE);
        }
        if (!origins.allows(
                servlet.getHeader(HttpHeaders.ORIGIN), servlet.getScheme(), servlet.getHeader(HttpHeaders.HOST))) {
            return refuse(response, HttpStatus.FORBIDDEN);
        }
        String token = token(servlet);
        if (token == null || !(verifier.verify(token) instanceof TokenVerification.Accepted(Caller caller))) {
            response.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            return refuse(response, HttpStatus.UNAUTHORIZED);
        }
        kept.put(CALLER, caller);
        String traceparent = servlet.getHeader(TRACEPARENT);
        if (traceparent != null && traceparent.length() <= MAX_TRACEPARENT) {
            kept.put(TRACEPARENT, traceparent);
        }
        return true;
    }

    private @Nullable String token(HttpServletRequest request) {
        String offered = BearerToken.inSubprotocols(Collections.list(request.getHeaders("Sec-WebSocket-Protocol")));
        if (offered != null) {
            return offered;
        }
        String header = BearerToken.inAuthorization(request.getHeader(HttpHeaders.AUTHORIZATION));
        if (header != null) {
            return header;
        }
        return queryToken ? request.getParameter("token") : null;
    }

    private boolean refuse(ServerHttpResponse response, HttpStatus status) {
        metrics.handshakeRefused(status.value());
        response.setStatusCode(status);
        return false;
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            @Nullable Exception failure) {
        // Nothing to undo.
    }
}
