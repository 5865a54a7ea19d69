package dev.parley.prompt.assembly;

import dev.parley.providers.breaker.BreakerSettings;
import dev.parley.providers.breaker.CallBreaker;
import dev.parley.providers.breaker.CallBreaker.Permit;
import dev.parley.providers.call.TimeLimit;
import dev.parley.providers.call.TimedCall;
import dev.parley.service.logging.RateLimitedLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/**
 * Limits the time that a prompt waits for one of its parts. A source that fails once, or is late several times in a row, is not asked for
 * a while, so that an outage costs a few waits and not one per stream.
 */
final class TimeBudget {
    private static final RateLimitedLog LOG = RateLimitedLog.warnings(LoggerFactory.getLogger(TimeBudget.class));

    private final String name;
    private final Duration budget;
    private final LongSupplier nanos;
    private final CallBreaker breaker;
    /** When the last late call was counted, unless a call has been in time since. */
    private Optional<Long> lateAt = Optional.empty();

    /**
     * @param patience how many late calls in a row pause the source
     * @param pause how long a source is not asked; then one call at a time tries it
     */
    TimeBudget(String name, Duration budget, int patience, Duration pause, LongSupplier nanos) {
        this.name = name;
        this.budget = budget;
        this.nanos = nanos;
        InstantSource clock = () -> Instant.EPOCH.plusNanos(nanos.getAsLong());
        this.breaker = new CallBreaker(
                name, new BreakerSettings(patience, patience, 100, pause, 1), clock.withZone(ZoneOffset.UTC));
    }

    /** The part, or nothing if the source failed, was late or is paused. */
    <T> Optional<T> ask(Callable<T> source) throws InterruptedException {
        try (Part<T> part = start(source)) {
            return part.await();
        }
    }

    /** Asks the source at once, unless it is paused. The budget begins now. */
    <T> Part<T> start(Callable<T> source) {
        return new Part<>(breaker.tryAcquire().map(permit -> new Asked<>(permit, source)));
    }

    private synchronized void countInTime(Permit permit) {
        lateAt = Optional.empty();
        permit.succeeded();
    }

    /** Calls that one stall makes late count once. */
    private synchronized void countLate(Permit permit, long askedAt) {
        if (lateAt.isEmpty() || askedAt - lateAt.get() >= 0) {
            lateAt = Optional.of(nanos.getAsLong());
            permit.failed();
        }
    }

    private final class Asked<T> {
        private final long askedAt = nanos.getAsLong();
        private final Permit permit;
        private final TimedCall<T> call;

        Asked(Permit permit, Callable<T> source) {
            this.permit = permit;
            this.call = TimedCall.start(name, new TimeLimit(budget, nanos), source);
        }

        Optional<T> await() throws InterruptedException {
            try {
                T result = call.await();
                countInTime(permit);
                return Optional.of(result);
            } catch (TimeoutException e) {
                LOG.log(name + " late", "Prompt built without {}: no answer within {} ms", name, budget.toMillis());
                countLate(permit, askedAt);
            } catch (ExecutionException e) {
                LOG.log(name + " failed", "Prompt built without {}: {}", name, String.valueOf(e.getCause()));
                permit.trip();
            } catch (CancellationException e) {
                // closed before it was done: that tells nothing of the source
            } finally {
                close();
            }
            return Optional.empty();
        }

        void close() {
            call.close();
            permit.close();
        }
    }

    /** A part of a prompt that is being gathered. Must be closed, which cancels it. */
    final class Part<T> implements AutoCloseable {
        private final Optional<Asked<T>> asked;

        private Part(Optional<Asked<T>> asked) {
            this.asked = asked;
        }

        String name() {
            return name;
        }

        /** The part, or nothing if its source failed, was late or is paused, or the part was closed. */
        Optional<T> await() throws InterruptedException {
            return asked.isPresent() ? asked.get().await() : Optional.empty();
        }

        /** Whether it is known that the prompt will not have the part. */
        boolean isLeftOut() {
            return asked.isEmpty()
                    || switch (asked.get().call.state()) {
                        case RUNNING, SUCCESS -> false;
                        case FAILED, CANCELLED -> true;
                    };
        }

        @Override
        public void close() {
            asked.ifPresent(Asked::close);
        }
    }
}
