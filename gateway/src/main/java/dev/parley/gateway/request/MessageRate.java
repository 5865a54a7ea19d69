package dev.parley.gateway.request;

import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.UserId;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How many messages a user sends a minute, over all gateways: what this one takes counts at once, what others took counts when
 * it is read from the log. Thread-safe.
 */
public final class MessageRate {

    /** Users beyond this are forgotten, the longest silent first. */
    private static final int MAX_USERS = 100_000;

    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final int perMinute;
    private final TimeMeter time;
    private final Map<UserId, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UserId, Bucket> eldest) {
            return size() > MAX_USERS;
        }
    };

    public MessageRate(int perMinute, TimeMeter time) {
        this.perMinute = perMinute;
        this.time = time;
    }

    /** Counts a message that a client sends here; a refusal if it is one too many. */
    public @Nullable Refusal take(UserId user) {
        ConsumptionProbe probe = bucket(user).tryConsumeAndReturnRemaining(1);
        if (probe.isConsumed()) {
            return null;
        }
        long waitMs = TimeUnit.NANOSECONDS.toMillis(probe.getNanosToWaitForRefill()) + 1;
        return new Refusal(ErrorCode.RATE_LIMIT_EXCEEDED, "at most " + perMinute + " messages a minute", waitMs);
    }

    /** Counts a message that another gateway took. */
    public void tookElsewhere(UserId user) {
        bucket(user).tryConsumeAsMuchAsPossible(1);
    }

    private Bucket bucket(UserId user) {
        synchronized (buckets) {
            return buckets.computeIfAbsent(
                    user,
                    _ -> Bucket.builder()
                            .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, PERIOD))
                            .withCustomTimePrecision(time)
                            .build());
        }
    }

    /** Forgets who has sent nothing for a while. */
    public void sweep() {
        synchronized (buckets) {
            buckets.values().removeIf(bucket -> bucket.getAvailableTokens() >= perMinute);
        }
    }
}
