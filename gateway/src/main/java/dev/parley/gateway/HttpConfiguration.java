package dev.parley.gateway;

import dev.parley.gateway.auth.AuthSettings;
import dev.parley.gateway.auth.OriginPolicy;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.http.AllowedOriginsFilter;
import dev.parley.gateway.http.ChatApi;
import dev.parley.gateway.http.ContainerErrorController;
import dev.parley.gateway.http.DevTokenApi;
import dev.parley.gateway.http.ProblemHandler;
import dev.parley.gateway.http.ResponseConnections;
import dev.parley.gateway.http.SecurityHeadersFilter;
import dev.parley.gateway.http.SseResponses;
import dev.parley.gateway.http.TokenFilter;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.settings.GatewaySettings;
import dev.parley.gateway.settings.LimitSettings;
import dev.parley.service.startup.RequiredThreads;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** The HTTP API for chat, its filters and its errors. */
@Configuration(proxyBeanMethods = false)
class HttpConfiguration {

    @Bean
    FilterRegistrationBean<SecurityHeadersFilter> gatewaySecurityHeaders() {
        return new FilterRegistrationBean<>(new SecurityHeadersFilter());
    }

    /** Before the token is checked: the preflight request of a browser has none. */
    @Bean
    FilterRegistrationBean<AllowedOriginsFilter> gatewayAllowedOriginsFilter(OriginPolicy origins) {
        FilterRegistrationBean<AllowedOriginsFilter> filter =
                new FilterRegistrationBean<>(new AllowedOriginsFilter(origins));
        filter.addUrlPatterns("/api/*");
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    @Bean
    FilterRegistrationBean<TokenFilter> gatewayTokenFilter(TokenVerifier verifier, GatewayMetrics metrics) {
        FilterRegistrationBean<TokenFilter> filter = new FilterRegistrationBean<>(new TokenFilter(verifier, metrics));
        filter.addUrlPatterns("/api/*");
        return filter;
    }

    @Bean
    SseResponses gatewaySseResponses(
            Relay relay, GatewayMetrics metrics, GatewaySettings settings, RequiredThreads requiredThreads) {
        return new SseResponses(relay, metrics, settings.socket(), Clock.systemUTC(), requiredThreads);
    }

    @Bean
    ResponseConnections gatewayResponseConnections() {
        return new ResponseConnections();
    }

    @Bean
    ChatApi gatewayChatApi(ChatService chat, SseResponses responses, GatewaySettings settings, LimitSettings limits) {
        return new ChatApi(chat, responses, settings.sse(), limits);
    }

    @Bean
    ProblemHandler gatewayProblemHandler(GatewayMetrics metrics) {
        return new ProblemHandler(metrics);
    }

    @Bean
    ContainerErrorController gatewayContainerErrorController(GatewayMetrics metrics) {
        return new ContainerErrorController(metrics);
    }

    @Bean
    @ConditionalOnBooleanProperty("parley.dev.token-endpoint")
    DevTokenApi gatewayDevTokenApi(AuthSettings settings, OriginPolicy origins) {
        return new DevTokenApi(settings.tokenIssuer(), origins, Clock.systemUTC());
    }
}
