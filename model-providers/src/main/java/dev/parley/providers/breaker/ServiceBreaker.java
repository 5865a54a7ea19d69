package dev.parley.providers.breaker;

import dev.parley.providers.ProviderException.Kind;
import java.time.Clock;
import java.util.Optional;

/**
 * The circuit breaker of one service. Only failures of the service count. A prompt that is too long, a text that the service refuses, a
 * model that it does not have or an empty answer depend on what a single user asked for, and must not close the service to others.
 */
public final class ServiceBreaker implements Breaker {

    private final CallBreaker breaker;

    public ServiceBreaker(String service, BreakerSettings settings) {
        this(service, settings, Clock.systemUTC());
    }

    ServiceBreaker(String service, BreakerSettings settings, Clock clock) {
        this.breaker = new CallBreaker(service, settings, clock);
    }

    @Override
    public Optional<Permit> tryAcquire() {
        return breaker.tryAcquire().map(Call::new);
    }

    @Override
    public State state() {
        return breaker.state();
    }

    private static boolean isOfTheService(Kind kind) {
        return switch (kind) {
            case UNAVAILABLE, RATE_LIMITED, TIMEOUT, UNAUTHORIZED, BAD_RESPONSE -> true;
            case CONTENT_FILTERED, TOKEN_LIMIT, REJECTED, EMPTY_ANSWER -> false;
        };
    }

    private record Call(CallBreaker.Permit permit) implements Permit {

        @Override
        public void answered() {
            permit.succeeded();
        }

        @Override
        public void failed(Kind kind) {
            if (isOfTheService(kind)) {
                permit.failed();
            }
        }

        @Override
        public void close() {
            permit.close();
        }
    }
}
