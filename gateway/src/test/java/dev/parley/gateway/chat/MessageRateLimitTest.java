package dev.parley.gateway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessageRateLimitTest {

    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");

    private static final SessionId SESSION = new SessionId("s");

    private long nanos;
    private int sent;
    private final MessageRateLimit rate = new MessageRateLimit(6, 2, new TimeMeter() {
        @Override
        public long currentTimeNanos() {
            return nanos;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    });

    @Test
    void a_user_over_the_limit_is_refused_with_the_time_to_retry() {
        for (int i = 0; i < 6; i++) {
            assertThat(take(ADA)).isNull();
        }
        Refusal refusal = Objects.requireNonNull(take(ADA));
        assertThat(refusal.code()).isEqualTo(ErrorCode.RATE_LIMIT_EXCEEDED);
        assertThat(refusal.retryAfterMs()).isBetween(9_990L, 10_010L);
        assertThat(take(BOB)).isNull();
        nanos += Duration.ofMillis(10_010).toNanos();
        assertThat(take(ADA)).isNull();
        assertThat(take(ADA)).isNotNull();
    }

    @Test
    void messages_in_the_log_count_and_refused_ones_do_not() {
        for (int i = 0; i < 9; i++) {
            rate.onLogged(new StreamId(ADA, new MessageId("logged-" + i)), SESSION);
        }
        assertThat(take(ADA)).isNotNull();
        nanos += Duration.ofSeconds(11).toNanos();
        assertThat(take(ADA)).isNull();
    }

    @Test
    void one_id_counts_once_however_often_it_is_sent_or_read() {
        StreamId last = new StreamId(ADA, new MessageId("last"));
        for (int i = 0; i < 5; i++) {
            assertThat(take(ADA)).isNull();
        }
        assertThat(rate.take(last, SESSION)).isNull();
        assertThat(rate.take(last, SESSION)).as("the other tab").isNull();
        rate.onLogged(last, SESSION);
        rate.onLogged(last, SESSION);
        assertThat(rate.take(last, new SessionId("another"))).isNull();
        assertThat(take(ADA)).isNotNull();
        assertThat(rate.take(new StreamId(BOB, last.message()), SESSION)).isNull();
        nanos += Duration.ofMillis(10_010).toNanos();
        assertThat(take(ADA)).as("only one was counted for the id").isNull();
    }

    @Test
    void an_id_that_was_read_from_the_log_first_does_not_count_when_it_is_sent() {
        StreamId last = new StreamId(ADA, new MessageId("last"));
        for (int i = 0; i < 5; i++) {
            assertThat(take(ADA)).isNull();
        }
        rate.onLogged(last, SESSION);
        assertThat(rate.take(last, SESSION)).isNull();
        assertThat(take(ADA)).isNotNull();
    }

    @Test
    void a_refused_id_is_not_counted() {
        StreamId refused = new StreamId(ADA, new MessageId("refused"));
        for (int i = 0; i < 6; i++) {
            take(ADA);
        }
        assertThat(rate.take(refused, SESSION)).isNotNull();
        assertThat(rate.take(refused, SESSION)).isNotNull();
    }

    @Test
    void the_ids_of_a_deleted_conversation_count_again() {
        StreamId last = new StreamId(ADA, new MessageId("last"));
        for (int i = 0; i < 5; i++) {
            take(ADA);
        }
        assertThat(rate.take(last, SESSION)).isNull();
        rate.onDeleted(new SessionKey(ADA, new SessionId("another")));
        assertThat(rate.take(last, SESSION)).isNull();
        rate.onDeleted(new SessionKey(ADA, SESSION));
        assertThat(rate.take(last, SESSION)).isNotNull();
    }

    private @Nullable Refusal take(UserId user) {
        return rate.take(new StreamId(user, new MessageId("m" + sent++)), SESSION);
    }

    @Test
    void stops_are_counted_separately_from_messages() {
        for (int i = 0; i < 7; i++) {
            take(ADA);
        }
        assertThat(rate.takeStop(ADA)).isNull();
        assertThat(rate.takeStop(ADA)).isNull();
        Refusal refusal = Objects.requireNonNull(rate.takeStop(ADA));
        assertThat(refusal.code()).isEqualTo(ErrorCode.RATE_LIMIT_EXCEEDED);
        assertThat(refusal.retryAfterMs()).isBetween(29_990L, 30_010L);
        assertThat(rate.takeStop(BOB)).isNull();
    }

    @Test
    void a_sweep_drops_only_users_without_recent_requests() {
        for (int i = 0; i < 6; i++) {
            take(ADA);
        }
        rate.sweep();
        assertThat(take(ADA)).isNotNull();
        nanos += Duration.ofMinutes(2).toNanos();
        rate.sweep();
        assertThat(take(ADA)).isNull();
    }
}
