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
 * The settings below {@code parley.providers}, with their defaults and limits. {@link ProviderSettings} adds the variables of the services
 * and the parsed chains and prices.
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
        @DefaultValue ServiceProperties openai,
        @DefaultValue ServiceProperties groq,
        @DefaultValue ServiceProperties gemini,
        @DefaultValue ServiceProperties anthropic,
        @DefaultValue ServiceProperties ollama)
        implements CheckedSettings {

    /** The settings of a service. {@code OPENAI_API_KEY} and the like set the same. */
    public record ServiceProperties(
            @DefaultValue("") String apiKey,
            @DefaultValue("") String baseUrl,
            @DefaultValue("") String model) {

        /** Contains no secret. */
        @Override
        public String toString() {
            return "ServiceProperties[]";
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

    /** The setting {@code parley.default-provider}. */
    @ConfigurationProperties(Groups.ROOT)
    public record Default(@DefaultValue("") String defaultProvider) {}
}
