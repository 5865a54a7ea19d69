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
    void a_user_may_send_so_many_and_is_told_when_the_next_is_fine() {
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
    void what_the_log_shows_counts_and_a_refused_try_does_not() {
        for (int i = 0; i < 9; i++) {
            rate.onLogged(new StreamId(ADA, new MessageId("elsewhere-" + i)), SESSION);
        }
        assertThat(take(ADA)).isNotNull();
        nanos += Duration.ofSeconds(11).toNanos();
        assertThat(take(ADA)).isNull();
    }

    @Test
    void one_id_counts_once_however_often_it_is_sent_and_wherever_it_is_seen() {
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
    void an_id_that_was_seen_in_the_log_first_is_free_when_it_is_sent_here() {
        StreamId last = new StreamId(ADA, new MessageId("last"));
        for (int i = 0; i < 5; i++) {
            assertThat(take(ADA)).isNull();
        }
        rate.onLogged(last, SESSION);
        assertThat(rate.take(last, SESSION)).isNull();
        assertThat(take(ADA)).isNotNull();
    }

    @Test
    void an_id_that_was_refused_was_not_counted() {
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
    void stops_count_apart_from_messages() {
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
    void a_sweep_forgets_only_who_has_been_silent() {
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
