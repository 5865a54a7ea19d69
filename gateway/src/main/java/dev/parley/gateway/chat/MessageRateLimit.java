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
 * How much a user asks for a minute. Messages count over all gateways, each message id once: what this gateway takes counts at once, all
 * else when it is read from the log. So two tabs that send one message at the same time, here or at two gateways, have sent one message.
 * Stops and deletions count at each gateway for itself. Thread-safe.
 */
public final class MessageRateLimit {

    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final Buckets messages;
    private final Buckets stops;

    /** Both in a minute, and as many at once. */
    public MessageRateLimit(int messages, int stops, TimeMeter time) {
        this.messages = new Buckets(messages, time);
        this.stops = new Buckets(stops, time);
    }

    /** Counts a message that a client sends here, unless it is counted already; a refusal if it is one too many. */
    public @Nullable Refusal take(StreamId message, SessionId session) {
        return messages.take(message.user(), new Counted(message.message(), session), "messages");
    }

    /** Counts a stop or a deletion; a refusal if it is one too many. */
    public @Nullable Refusal takeStop(UserId user) {
        return stops.take(user, null, "stops and deletions");
    }

    /** Counts a message that is in the log, unless it is counted already. */
    public void logged(StreamId message, SessionId session) {
        messages.logged(message.user(), new Counted(message.message(), session));
    }

    /** The ids of a deleted conversation are new again. */
    public void deleted(SessionKey session) {
        messages.forget(session);
    }

    /** Forgets who has sent nothing for a while. */
    public void sweep() {
        messages.sweep();
        stops.sweep();
    }

    /** A message id, and the session that it was first sent in. */
    private record Counted(MessageId message, SessionId session) {}

    /** What a user may still send, and the ids that were counted, the oldest first. Guarded by its own lock. */
    private static final class Account {

        final Bucket bucket;
        final Map<MessageId, SessionId> counted = new LinkedHashMap<>();
        private final int most;

        Account(Bucket bucket, int most) {
            this.bucket = bucket;
            this.most = most;
        }

        boolean isCounted(@Nullable Counted message) {
            return message != null && counted.containsKey(message.message());
        }

        void count(@Nullable Counted message) {
            if (message != null) {
                counted.put(message.message(), message.session());
                if (counted.size() > most) {
                    counted.remove(counted.keySet().iterator().next());
                }
            }
        }
    }

    private static final class Buckets {

        /** Ids are remembered for as many messages as a user may send in a few minutes; later the hot window knows them. */
        private static final int MINUTES_REMEMBERED = 3;

        /** Users beyond this are forgotten, the longest silent first. */
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

        void logged(UserId user, Counted message) {
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
                                MINUTES_REMEMBERED * perMinute));
            }
        }

        void sweep() {
            synchronized (byUser) {
                byUser.values().removeIf(account -> account.bucket.getAvailableTokens() >= perMinute);
            }
        }
    }
}
