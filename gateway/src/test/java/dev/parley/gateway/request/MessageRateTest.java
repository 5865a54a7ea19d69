package dev.parley.gateway.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.UserId;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MessageRateTest {

    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");

    private long nanos;
    private final MessageRate rate = new MessageRate(6, 2, new TimeMeter() {
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
            assertThat(rate.take(ADA)).isNull();
        }
        Refusal refusal = Objects.requireNonNull(rate.take(ADA));
        assertThat(refusal.code()).isEqualTo(ErrorCode.RATE_LIMIT_EXCEEDED);
        assertThat(refusal.retryAfterMs()).isBetween(9_990L, 10_010L);
        assertThat(rate.take(BOB)).isNull();
        nanos += Duration.ofMillis(10_010).toNanos();
        assertThat(rate.take(ADA)).isNull();
        assertThat(rate.take(ADA)).isNotNull();
    }

    @Test
    void what_other_gateways_took_counts_and_a_refused_try_does_not() {
        for (int i = 0; i < 9; i++) {
            rate.tookElsewhere(ADA);
        }
        assertThat(rate.take(ADA)).isNotNull();
        nanos += Duration.ofSeconds(11).toNanos();
        assertThat(rate.take(ADA)).isNull();
    }

    @Test
    void stops_count_apart_from_messages() {
        for (int i = 0; i < 7; i++) {
            rate.take(ADA);
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
            rate.take(ADA);
        }
        rate.sweep();
        assertThat(rate.take(ADA)).isNotNull();
        nanos += Duration.ofMinutes(2).toNanos();
        rate.sweep();
        assertThat(rate.take(ADA)).isNull();
    }
}
