package dev.parley.providers.retry;

import java.time.Duration;

/**
 * How often and how fast to try again.
 *
 * @param attempts how often in all, the first one included
 * @param firstDelay before the second attempt; doubles with each further one, and up to half of it is left out at random
 * @param maxDelay bound of any wait; a service that asks for more is not waited for
 */
public record RetryPolicy(int attempts, Duration firstDelay, Duration maxDelay) {

    public RetryPolicy {
        if (attempts < 1 || firstDelay.isNegative() || maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException("a retry policy has at least one attempt, and delays from first to max");
        }
    }

    /** @param fraction 0 to 1, random, so that many streams do not come back at once */
    Duration delayAfter(int failedAttempts, double fraction) {
        double grown = firstDelay.toMillis() * Math.pow(2, failedAttempts - 1.0);
        return Duration.ofMillis((long) (Math.min(grown, maxDelay.toMillis()) * (1 - fraction / 2)));
    }
}
