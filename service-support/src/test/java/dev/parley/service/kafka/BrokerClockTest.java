package dev.parley.service.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class BrokerClockTest {

    private static final Instant BROKERS = Instant.parse("2026-01-02T03:04:05Z");
    private static final Instant OWN = BROKERS.minus(Duration.ofHours(2));

    private long nanos = 17;
    private final BrokerClock clock = new BrokerClock(() -> OWN, () -> nanos);

    @Test
    void it_is_the_own_clock_before_the_first_record_and_the_brokers_clock_after_it() {
        assertThat(clock.instant()).isEqualTo(OWN);

        read(BROKERS, TimestampType.LOG_APPEND_TIME);
        assertThat(clock.instant()).isEqualTo(BROKERS);
        later(Duration.ofSeconds(5));
        assertThat(clock.instant()).isEqualTo(BROKERS.plusSeconds(5));
    }

    @Test
    void a_late_record_does_not_set_it_back() {
        read(BROKERS, TimestampType.LOG_APPEND_TIME);
        later(Duration.ofSeconds(5));
        read(BROKERS.plusSeconds(1), TimestampType.LOG_APPEND_TIME);
        assertThat(clock.instant()).isEqualTo(BROKERS.plusSeconds(5));

        read(BROKERS.plusSeconds(6), TimestampType.LOG_APPEND_TIME);
        assertThat(clock.instant()).isEqualTo(BROKERS.plusSeconds(6));
    }

    @Test
    void brokers_whose_clock_is_set_back_are_followed_after_two_windows() {
        read(BROKERS.plusSeconds(600), TimestampType.LOG_APPEND_TIME);
        for (int i = 1; i <= 3; i++) {
            later(BrokerClock.WINDOW.plusSeconds(1));
            read(BROKERS.plusSeconds(61L * i), TimestampType.LOG_APPEND_TIME);
        }
        assertThat(clock.instant()).isEqualTo(BROKERS.plusSeconds(183));
    }

    @Test
    void timestamps_of_writers_are_ignored() {
        read(BROKERS, TimestampType.CREATE_TIME);

        assertThat(clock.instant()).isEqualTo(OWN);
    }

    private void read(Instant time, TimestampType type) {
        clock.read(new ConsumerRecord<>(
                "chat.events",
                0,
                0,
                time.toEpochMilli(),
                type,
                0,
                0,
                "user/session",
                new byte[0],
                new RecordHeaders(),
                Optional.empty()));
    }

    private void later(Duration time) {
        nanos += time.toNanos();
    }
}
