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

/**
 * Accepts handshakes with a valid token and an allowed Origin. Others get 403 for the Origin, 401 for the token, 503 while the node stops.
 */
public final class HandshakeChecks implements HandshakeInterceptor {

    static final String CALLER = "caller";

    /** The W3C trace context of the connection, if the client sent one. */
    static final String TRACEPARENT = CloudEventHeaders.TRACEPARENT;

    private static final int MAX_TRACEPARENT = 64;

    private final TokenVerifier verifier;
    private final OriginPolicy origins;
    private final boolean queryToken;
    private final SocketEndpoint endpoint;
    private final GatewayMetrics metrics;

    /** @param queryToken whether {@code ?token=} is accepted */
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
            Map<String, Object> attributes) {
        HttpServletRequest servlet = ((ServletServerHttpRequest) request).getServletRequest();
        if (endpoint.isStopping()) {
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
        attributes.put(CALLER, caller);
        String traceparent = servlet.getHeader(TRACEPARENT);
        if (traceparent != null && traceparent.length() <= MAX_TRACEPARENT) {
            attributes.put(TRACEPARENT, traceparent);
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
        // nothing to clean up
    }
}
