package dev.parley.providers.breaker;

import java.time.Duration;

/**
 * When a service is left alone, and for how long.
 *
 * @param calls how many of the last calls are looked at
 * @param minCalls before so many nothing is concluded
 * @param failurePercent that many of a hundred failed: it is left alone
 * @param openFor how long
 * @param trialCalls how many then try it again, before all do
 */
public record BreakerSettings(int calls, int minCalls, int failurePercent, Duration openFor, int trialCalls) {

    private static final int MAX_CALLS = 10_000;

    /** @throws IllegalArgumentException if they make no sense; the message says which */
    public BreakerSettings {
        check(calls >= 1 && calls <= MAX_CALLS, "calls: 1 to " + MAX_CALLS);
        check(minCalls >= 1 && minCalls <= calls, "min-calls: 1 to the calls that are looked at");
        check(failurePercent >= 1 && failurePercent <= 100, "failure-percent: 1 to 100");
        check(openFor.toMillis() >= 1, "open-for: a time above zero");
        check(trialCalls >= 1 && trialCalls <= MAX_CALLS, "trial-calls: 1 to " + MAX_CALLS);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("parley.providers.breaker." + otherwise);
        }
    }
}
