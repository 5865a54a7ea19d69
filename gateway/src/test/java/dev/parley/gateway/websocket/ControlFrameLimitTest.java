package dev.parley.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ControlFrameLimitTest {

    private static final int MOST = 100;
    private static final long SECOND = 1_000;

    private long completed;
    private final ControlFrameLimit frames = new ControlFrameLimit(() -> completed, MOST, 0);

    @Test
    void as_many_as_may_come_in_ten_seconds_may_come_in_each_ten_seconds() {
        for (long now = SECOND; now < 1_000 * SECOND; now += SECOND) {
            completed += 10;
            assertThat(frames.areTooMany(now)).isFalse();
        }
    }

    @Test
    void one_more_at_once_is_too_many() {
        completed = MOST;
        assertThat(frames.areTooMany(SECOND)).isFalse();
        completed++;
        assertThat(frames.areTooMany(2 * SECOND)).isTrue();
    }

    @Test
    void those_of_more_than_ten_seconds_ago_do_not_count() {
        completed = MOST;
        assertThat(frames.areTooMany(SECOND)).isFalse();
        for (long now = 2 * SECOND; now <= 11 * SECOND; now += SECOND) {
            assertThat(frames.areTooMany(now)).isFalse();
        }
        completed += MOST;
        assertThat(frames.areTooMany(12 * SECOND)).isFalse();
        completed++;
        assertThat(frames.areTooMany(13 * SECOND)).isTrue();
    }

    @Test
    void data_frames_do_not_count_in_however_many_pieces_they_come() {
        for (long now = SECOND; now < 100 * SECOND; now += SECOND) {
            for (int frame = 0; frame < 1_000; frame++) {
                frames.onData();
                frames.onData();
                completed++;
            }
            frames.onData(); // one more is under way
            assertThat(frames.areTooMany(now)).isFalse();
            completed++;
        }
        completed += MOST + 1;
        assertThat(frames.areTooMany(100 * SECOND)).isTrue();
    }

    @Test
    void control_frames_between_the_pieces_of_a_message_count() {
        for (int i = 0; i <= MOST; i++) {
            frames.onData();
            completed++; // the fragment
            completed++; // a ping after it
        }
        assertThat(frames.areTooMany(SECOND)).isTrue();
    }
}
