package dev.parley.gateway.chat;

import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
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
 * Limits the requests of a user per minute. Messages count over all gateways, each message id once: those sent to this gateway at once, the others
 * when they are read from the log. So a message that two tabs send at the same time, to one gateway or two, counts once. Stops and deletions count
 * at each gateway alone. Thread-safe.
 */
public final class MessageRateLimit {

    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final Buckets messages;
    private final Buckets stops;

    /**
     * @param messages messages per minute, and at once
     * @param stops stops and deletions per minute, and at once
     */
    public MessageRateLimit(int messages, int stops, TimeMeter time) {
        this.messages = new Buckets(messages, time);
        this.stops = new Buckets(stops, time);
    }

    /** Counts a message that a client sent to this gateway, unless it is counted already. @return null if it is within the limit */
    public @Nullable Refusal take(StreamId message, SessionId session) {
        return messages.take(message.user(), new Counted(message.message(), session), "messages");
    }

    /** Counts a stop or a deletion. @return null if it is within the limit */
    public @Nullable Refusal takeStop(UserId user) {
        return stops.take(user, null, "stops and deletions");
    }

    /** Counts a message that was read from the log, unless it is counted already. */
    public void onLogged(StreamId message, SessionId session) {
        messages.onLogged(message.user(), new Counted(message.message(), session));
    }

    /** The message ids of a deleted conversation may be used for other messages. */
    public void onDeleted(SessionKey session) {
        messages.forget(session);
    }

    /** Drops the users whose limits are unused. */
    public void sweep() {
        messages.sweep();
        stops.sweep();
    }

    /** A message id, and the session in which it was first sent. */
    private record Counted(MessageId message, SessionId session) {}

    /** What a user may still send, and the ids that were counted, oldest first. Guarded by its own lock. */
    private static final class Account {

        final Bucket bucket;
        final Map<MessageId, SessionId> counted = new LinkedHashMap<>();
        private final int maxIds;

        Account(Bucket bucket, int maxIds) {
            this.bucket = bucket;
            this.maxIds = maxIds;
        }

        boolean isCounted(@Nullable Counted message) {
            return message != null && counted.containsKey(message.message());
        }

        void count(@Nullable Counted message) {
            if (message != null) {
                counted.put(message.message(), message.session());
                if (counted.size() > maxIds) {
                    counted.remove(counted.keySet().iterator().next());
                }
            }
        }
    }

    private static final class Buckets {

        /** Ids are held for the messages that a user may send in so many minutes; later the hot window has them. */
        private static final int MINUTES_OF_IDS = 3;

        /** If there are more users, the one whose last request is oldest is dropped. */
        private static final int MAX_USERS = 100_000;

        private final int perMinute;
        private final TimeMeter time;
        private final Map<UserId, Account> byUser = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<UserId, Account> eldest) {
                return size() > MAX_USERS;
            }
        };

        Buckets(int perMinute, TimeMeter time) {
            this.perMinute = perMinute;
            this.time = time;
        }

        @Nullable
        Refusal take(UserId user, @Nullable Counted message, String what) {
            Account account = account(user);
            ConsumptionProbe probe;
            synchronized (account) {
                if (account.isCounted(message)) {
                    return null;
                }
                probe = account.bucket.tryConsumeAndReturnRemaining(1);
                if (probe.isConsumed()) {
                    account.count(message);
                    return null;
                }
            }
            long waitMs = TimeUnit.NANOSECONDS.toMillis(probe.getNanosToWaitForRefill()) + 1;
            return new Refusal(
                    ErrorCode.RATE_LIMIT_EXCEEDED, "at most " + perMinute + " " + what + " a minute", waitMs);
        }

        void onLogged(UserId user, Counted message) {
            Account account = account(user);
            synchronized (account) {
                if (!account.isCounted(message)) {
                    account.bucket.tryConsumeAsMuchAsPossible(1);
                    account.count(message);
                }
            }
        }

        void forget(SessionKey session) {
            Account account;
            synchronized (byUser) {
                account = byUser.get(session.user());
            }
            if (account != null) {
                synchronized (account) {
                    account.counted.values().removeIf(session.session()::equals);
                }
            }
        }

        private Account account(UserId user) {
            synchronized (byUser) {
                return byUser.computeIfAbsent(
                        user,
                        _ -> new Account(
                                Bucket.builder()
                                        .addLimit(limit ->
                                                limit.capacity(perMinute).refillGreedy(perMinute, PERIOD))
                                        .withCustomTimePrecision(time)
                                        .build(),
                                MINUTES_OF_IDS * perMinute));
            }
        }

        void sweep() {
            synchronized (byUser) {
                byUser.values().removeIf(account -> account.bucket.getAvailableTokens() >= perMinute);
            }
        }
    }
}
