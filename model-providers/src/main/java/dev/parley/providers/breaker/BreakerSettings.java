package dev.parley.providers.breaker;

import java.time.Duration;

/**
 * Settings of a circuit breaker.
 *
 * @param calls number of the last calls that count
 * @param minCalls the breaker stays closed before so many calls
 * @param failurePercent the breaker opens if this share of the calls has failed
 * @param openFor how long it then lets no call pass
 * @param trialCalls number of calls that try the service after that
 */
public record BreakerSettings(int calls, int minCalls, int failurePercent, Duration openFor, int trialCalls) {

    private static final int MAX_CALLS = 10_000;

    /** @throws IllegalArgumentException if a setting is out of range; the message names it */
    public BreakerSettings {
        check(calls >= 1 && calls <= MAX_CALLS, "calls: 1 to " + MAX_CALLS);
        check(minCalls >= 1 && minCalls <= calls, "min-calls: 1 to the number of calls");
        check(failurePercent >= 1 && failurePercent <= 100, "failure-percent: 1 to 100");
        check(openFor.toMillis() >= 1, "open-for: a time above zero");
        check(trialCalls >= 1 && trialCalls <= MAX_CALLS, "trial-calls: 1 to " + MAX_CALLS);
    }

    private static void check(boolean valid, String problem) {
        if (!valid) {
            throw new IllegalArgumentException("parley.providers.breaker." + problem);
        }
    }
}
