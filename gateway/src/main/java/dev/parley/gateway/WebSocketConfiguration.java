package dev.parley.gateway;

import dev.parley.gateway.auth.AuthSettings;
import dev.parley.gateway.auth.OriginPolicy;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.http.QuietTomcatLog;
import dev.parley.gateway.settings.GatewaySettings;
import dev.parley.gateway.settings.LimitSettings;
import dev.parley.gateway.websocket.HandshakeChecks;
import dev.parley.gateway.websocket.HeaderTooLargeStatus;
import dev.parley.gateway.websocket.SmallSocketBuffers;
import dev.parley.gateway.websocket.SocketContext;
import dev.parley.gateway.websocket.SocketEndpoint;
import dev.parley.gateway.websocket.UncompressedHandshakeHandler;
import dev.parley.service.startup.RequiredThreads;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;

/** The WebSocket endpoint. */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class WebSocketConfiguration {

    private static final String SOCKET_PATH = "/api/ws";

    @Bean
    SocketContext gatewaySocketContext(
            ChatService chat,
            TokenVerifier verifier,
            GatewayMetrics metrics,
            GatewaySettings settings,
            LimitSettings limits) {
        return new SocketContext(chat, verifier, metrics, limits.frame(), settings.socket(), Clock.systemUTC());
    }

    @Bean
    SocketEndpoint gatewaySocketEndpoint(SocketContext context, RequiredThreads requiredThreads) {
        return new SocketEndpoint(context, requiredThreads);
    }

    @Bean
    WebSocketConfigurer gatewaySocketConfigurer(
            SocketEndpoint sockets,
            TokenVerifier verifier,
            OriginPolicy origins,
            AuthSettings auth,
            GatewayMetrics metrics) {
        HandshakeChecks handshake = new HandshakeChecks(verifier, origins, auth.queryToken(), sockets, metrics);
        return registry -> registry.addHandler(sockets, SOCKET_PATH)
                .setHandshakeHandler(new UncompressedHandshakeHandler())
                .addInterceptors(handshake)
                .setAllowedOriginPatterns("*"); // the handshake checks the Origin, by our own list
    }

    @Bean
    SmallSocketBuffers gatewaySmallSocketBuffers() {
        return new SmallSocketBuffers();
    }

    @Bean
    HeaderTooLargeStatus gatewayHeaderTooLargeStatus() {
        return new HeaderTooLargeStatus();
    }

    @Bean
    QuietTomcatLog gatewayQuietTomcatLog() {
        return new QuietTomcatLog();
    }

    @Bean
    ServletServerContainerFactoryBean gatewaySocketContainer() {
        return SmallSocketBuffers.container();
    }
}
