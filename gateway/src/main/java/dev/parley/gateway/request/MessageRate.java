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
 * How much a user asks for a minute. Messages count over all gateways: what this one takes counts at once, what others took counts when
 * it is read from the log. Stops and deletions count at each gateway for itself. Thread-safe.
 */
public final class MessageRate {

    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final Buckets messages;
    private final Buckets stops;

    /** Both in a minute, and as many at once. */
    public MessageRate(int messages, int stops, TimeMeter time) {
        this.messages = new Buckets(messages, time);
        this.stops = new Buckets(stops, time);
    }

    /** Counts a message that a client sends here; a refusal if it is one too many. */
    public @Nullable Refusal take(UserId user) {
        return messages.take(user, "messages");
    }

    /** Counts a stop or a deletion; a refusal if it is one too many. */
    public @Nullable Refusal takeStop(UserId user) {
        return stops.take(user, "stops and deletions");
    }

    /** Counts a message that another gateway took. */
    public void tookElsewhere(UserId user) {
        messages.bucket(user).tryConsumeAsMuchAsPossible(1);
    }

    /** Forgets who has sent nothing for a while. */
    public void sweep() {
        messages.sweep();
        stops.sweep();
    }

    private static final class Buckets {

        /** Users beyond this are forgotten, the longest silent first. */
        private static final int MAX_USERS = 100_000;

        private final int perMinute;
        private final TimeMeter time;
        private final Map<UserId, Bucket> byUser = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<UserId, Bucket> eldest) {
                return size() > MAX_USERS;
            }
        };

        Buckets(int perMinute, TimeMeter time) {
            this.perMinute = perMinute;
            this.time = time;
        }

        @Nullable
        Refusal take(UserId user, String what) {
            ConsumptionProbe probe = bucket(user).tryConsumeAndReturnRemaining(1);
            if (probe.isConsumed()) {
                return null;
            }
            long waitMs = TimeUnit.NANOSECONDS.toMillis(probe.getNanosToWaitForRefill()) + 1;
            return new Refusal(
                    ErrorCode.RATE_LIMIT_EXCEEDED, "at most " + perMinute + " " + what + " a minute", waitMs);
        }

        Bucket bucket(UserId user) {
            synchronized (byUser) {
                return byUser.computeIfAbsent(
                        user,
                        _ -> Bucket.builder()
                                .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, PERIOD))
                                .withCustomTimePrecision(time)
                                .build());
            }
        }

        void sweep() {
            synchronized (byUser) {
                byUser.values().removeIf(bucket -> bucket.getAvailableTokens() >= perMinute);
            }
        }
    }
}
