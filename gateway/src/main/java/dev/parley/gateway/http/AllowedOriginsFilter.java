package dev.parley.gateway.http;

import dev.parley.gateway.auth.OriginPolicy;
import dev.parley.schema.kafka.CloudEventHeaders;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.filter.CorsFilter;

/**
 * Lets pages of the listed origins call {@code /api}. Pages of other origins get no CORS headers, so their browsers do not give them the response.
 * Cookies are not used: the token identifies the caller.
 */
public final class AllowedOriginsFilter extends CorsFilter {

    private static final Duration PREFLIGHT_MAX_AGE = Duration.ofHours(1);

    private final OriginPolicy policy;

    public AllowedOriginsFilter(OriginPolicy policy) {
        super(_ -> configuration());
        this.policy = policy;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !policy.isListed(request.getHeader(HttpHeaders.ORIGIN));
    }

    private static CorsConfiguration configuration() {
        CorsConfiguration cors = new CorsConfiguration();
        cors.addAllowedOriginPattern("*"); // the policy has checked the origin
        cors.setAllowedMethods(List.of("GET", "HEAD", "POST", "DELETE"));
        cors.setAllowedHeaders(List.of(
                HttpHeaders.AUTHORIZATION, HttpHeaders.CONTENT_TYPE, "Last-Event-ID", CloudEventHeaders.TRACEPARENT));
        cors.addExposedHeader(HttpHeaders.RETRY_AFTER);
        cors.setMaxAge(PREFLIGHT_MAX_AGE);
        return cors;
    }
}
