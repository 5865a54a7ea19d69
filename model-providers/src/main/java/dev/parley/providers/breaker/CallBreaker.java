package dev.parley.providers.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.io.Serial;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A circuit breaker (Resilience4j) that counts calls. Thread-safe; never waits. */
public final class CallBreaker {

    private final CircuitBreaker breaker;

    /** @param name of what is called */
    public CallBreaker(String name, BreakerSettings settings, Clock clock) {
        this.breaker = CircuitBreaker.of(
                name,
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

    /** Empty if the call must not be made now. */
    public Optional<Permit> tryAcquire() {
        return breaker.tryAcquirePermission() ? Optional.of(new Permit()) : Optional.empty();
    }

    Breaker.State state() {
        return switch (breaker.getState()) {
            case OPEN, FORCED_OPEN -> Breaker.State.OPEN;
            case HALF_OPEN -> Breaker.State.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY -> Breaker.State.CLOSED;
        };
    }

    /** One call. Must be closed: a trial call that is neither counted nor closed keeps others from being made. */
    public final class Permit implements AutoCloseable {

        private final AtomicBoolean counted = new AtomicBoolean();

        private Permit() {}

        /** Counts the call as successful, once. */
        public void succeeded() {
            if (counted.compareAndSet(false, true)) {
                breaker.onSuccess(0, TimeUnit.NANOSECONDS);
            }
        }

        /** Counts the call as failed, also if it has been counted as successful before. */
        public void failed() {
            counted.set(true);
            breaker.onError(0, TimeUnit.NANOSECONDS, Failure.INSTANCE);
        }

        /** Counts the call as failed and opens the breaker at once, whatever the calls before it did. */
        public void trip() {
            failed();
            if (breaker.getState() != CircuitBreaker.State.OPEN) {
                breaker.transitionToOpenState();
            }
        }

        /** Makes the call not count if its outcome has not been told. */
        @Override
        public void close() {
            if (counted.compareAndSet(false, true)) {
                breaker.releasePermission();
            }
        }
    }

    /** Resilience4j wants an exception; the callers log and count what went wrong. */
    private static final class Failure extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        static final Failure INSTANCE = new Failure();

        Failure() {
            super("failed", null, false, false);
        }
    }
}
