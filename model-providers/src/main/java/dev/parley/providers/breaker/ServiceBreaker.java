package dev.parley.providers.breaker;

import dev.parley.providers.ProviderException.Kind;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.io.Serial;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The breaker of one service. Only what tells of the service counts: a prompt that is too long, a text that it will not answer, a model
 * that it does not have or an answer without words would come from any user and may not close the service to the others.
 */
public final class ServiceBreaker implements Breaker {

    private final CircuitBreaker breaker;

    public ServiceBreaker(String service, BreakerSettings settings) {
        this(service, settings, Clock.systemUTC());
    }

    ServiceBreaker(String service, BreakerSettings settings, Clock clock) {
        this.breaker = CircuitBreaker.of(
                service,
                CircuitBreakerConfig.custom()
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(settings.calls())
                        .minimumNumberOfCalls(settings.minCalls())
                        .failureRateThreshold(settings.failurePercent())
                        .waitDurationInOpenState(settings.openFor())
                        .permittedNumberOfCallsInHalfOpenState(settings.trialCalls())
                        .writableStackTraceEnabled(false)
                        .clock(clock)
                        .build());
    }

    @Override
    public Optional<Pass> tryEnter() {
        return breaker.tryAcquirePermission() ? Optional.of(new Call()) : Optional.empty();
    }

    @Override
    public State state() {
        return switch (breaker.getState()) {
            case OPEN, FORCED_OPEN -> State.OPEN;
            case HALF_OPEN -> State.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY -> State.CLOSED;
        };
    }

    private static boolean tellsOfTheService(Kind kind) {
        return switch (kind) {
            case UNAVAILABLE, RATE_LIMITED, TIMEOUT, UNAUTHORIZED, BAD_RESPONSE -> true;
            case CONTENT_FILTERED, TOKEN_LIMIT, REJECTED, EMPTY_ANSWER -> false;
        };
    }

    private final class Call implements Pass {

        private boolean counted;

        @Override
        public void spoke() {
            if (!counted) {
                counted = true;
                breaker.onSuccess(0, TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void failed(Kind kind) {
            if (tellsOfTheService(kind)) {
                counted = true;
                breaker.onError(0, TimeUnit.NANOSECONDS, Failure.INSTANCE);
            }
        }

        @Override
        public void close() {
            if (!counted) {
                counted = true;
                breaker.releasePermission();
            }
        }
    }

    /** The library wants an exception; what went wrong is counted elsewhere, and with its kind. */
    private static final class Failure extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        static final Failure INSTANCE = new Failure();

        Failure() {
            super("failed", null, false, false);
        }
    }
}
