package dev.parley.providers.retry;

import java.time.Duration;

/**
 * How often and after what delay a request is repeated.
 *
 * @param attempts number of attempts, including the first
 * @param firstDelay before the second attempt; doubles with each further one, and is reduced by up to half at random
 * @param maxDelay limit of a delay; a service that asks for more is not asked again
 */
public record RetryPolicy(int attempts, Duration firstDelay, Duration maxDelay) {

    public RetryPolicy {
        if (attempts < 1 || firstDelay.isNegative() || maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException(
                    "a retry policy needs at least one attempt and a first delay of 0 to the longest: " + attempts
                            + " attempts, " + firstDelay + " to " + maxDelay);
        }
    }

    /** @param fraction a random number from 0 to 1, so that many streams do not retry at the same moment */
    Duration delayAfter(int failedAttempts, double fraction) {
        double grown = firstDelay.toMillis() * Math.pow(2, failedAttempts - 1.0);
        return Duration.ofMillis((long) (Math.min(grown, maxDelay.toMillis()) * (1 - fraction / 2)));
    }
}
