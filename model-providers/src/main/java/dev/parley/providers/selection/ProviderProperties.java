package dev.parley.providers.selection;

import dev.parley.providers.breaker.BreakerSettings;
import dev.parley.providers.retry.RetryPolicy;
import dev.parley.service.startup.CheckedSettings;
import dev.parley.service.startup.Groups;
import dev.parley.service.startup.Problems;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.providers}, as it is set. {@link ProviderSettings} adds the variables of the services, reads chains and prices, and is what
 * providers are made from.
 */
@ConfigurationProperties(Groups.PROVIDERS)
public record ProviderProperties(
        @DefaultValue("5s") @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration connectTimeout,

        @DefaultValue("60s") @DurationMin(millis = 1) @DurationMax(hours = 24)
        Duration responseTimeout,

        @DefaultValue("300ms") @DurationMin(millis = 1) @DurationMax(seconds = 30)
        Duration ollamaProbeTimeout,

        @DefaultValue("20s") @DurationMin(millis = 1) @DurationMax(hours = 24)
        Duration firstTokenTimeout,

        @DefaultValue Retry retry,
        @DefaultValue Breaker breaker,
        @DefaultValue Map<String, List<String>> chains,
        @DefaultValue List<String> prices,
        @DefaultValue One openai,
        @DefaultValue One groq,
        @DefaultValue One gemini,
        @DefaultValue One anthropic,
        @DefaultValue One ollama)
        implements CheckedSettings {

    /** A service's settings; {@code OPENAI_API_KEY} and its like are the same by another name. */
    public record One(
            @DefaultValue("") String apiKey,
            @DefaultValue("") String baseUrl,
            @DefaultValue("") String model) {

        /** Holds no secret. */
        @Override
        public String toString() {
            return "One[]";
        }
    }

    /** See {@link RetryPolicy}. */
    public record Retry(
            @DefaultValue("3") @Min(1) @Max(100) int attempts,

            @DefaultValue("250ms") @DurationMin(millis = 0) @DurationMax(hours = 1)
            Duration firstDelay,

            @DefaultValue("10s") @DurationMin(millis = 0) @DurationMax(hours = 1)
            Duration maxDelay) {

        RetryPolicy policy() {
            return new RetryPolicy(attempts, shorter(firstDelay, maxDelay), maxDelay);
        }
    }

    /** See {@link BreakerSettings}. */
    public record Breaker(
            @DefaultValue("20") @Min(1) @Max(10_000) int calls,
            @DefaultValue("5") @Min(1) @Max(10_000) int minCalls,
            @DefaultValue("50") @Min(1) @Max(100) int failurePercent,

            @DefaultValue("30s") @DurationMin(millis = 1) @DurationMax(hours = 24)
            Duration openFor,

            @DefaultValue("2") @Min(1) @Max(10_000) int trialCalls) {

        BreakerSettings settings() {
            return new BreakerSettings(calls, Math.min(minCalls, calls), failurePercent, openFor, trialCalls);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public void check(Problems problems) {
        problems.atMost(
                "parley.providers.retry.first-delay",
                retry.firstDelay(),
                "parley.providers.retry.max-delay",
                retry.maxDelay());
        problems.atMost(
                "parley.providers.breaker.min-calls",
                breaker.minCalls(),
                "parley.providers.breaker.calls",
                breaker.calls());
        problems.attempt(() -> ProviderSettings.of(problems.environment()));
    }

    /** {@code parley}: whom to ask first. */
    @ConfigurationProperties(Groups.ROOT)
    public record Default(@DefaultValue("") String defaultProvider) {}
}
