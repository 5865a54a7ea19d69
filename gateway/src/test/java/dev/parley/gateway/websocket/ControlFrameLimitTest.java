package dev.parley.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ControlFrameLimitTest {

    private static final int MAX = 100;
    private static final long SECOND = 1_000;

    private long completed;
    private final ControlFrameLimit frames = new ControlFrameLimit(() -> completed, MAX, 0);

    @Test
    void the_limit_is_allowed_in_every_ten_seconds() {
        for (long now = SECOND; now < 1_000 * SECOND; now += SECOND) {
            completed += 10;
            assertThat(frames.areTooMany(now)).isFalse();
        }
    }

    @Test
    void one_frame_over_the_limit_is_too_many() {
        completed = MAX;
        assertThat(frames.areTooMany(SECOND)).isFalse();
        completed++;
        assertThat(frames.areTooMany(2 * SECOND)).isTrue();
    }

    @Test
    void frames_from_more_than_ten_seconds_ago_do_not_count() {
        completed = MAX;
        assertThat(frames.areTooMany(SECOND)).isFalse();
        for (long now = 2 * SECOND; now <= 11 * SECOND; now += SECOND) {
            assertThat(frames.areTooMany(now)).isFalse();
        }
        completed += MAX;
        assertThat(frames.areTooMany(12 * SECOND)).isFalse();
        completed++;
        assertThat(frames.areTooMany(13 * SECOND)).isTrue();
    }

    @Test
    void data_frames_do_not_count_however_many_fragments_they_have() {
        for (long now = SECOND; now < 100 * SECOND; now += SECOND) {
            for (int frame = 0; frame < 1_000; frame++) {
                frames.onData();
                frames.onData();
                completed++;
            }
            frames.onData(); // a part of the next frame
            assertThat(frames.areTooMany(now)).isFalse();
            completed++;
        }
        completed += MAX + 1;
        assertThat(frames.areTooMany(100 * SECOND)).isTrue();
    }

    @Test
    void control_frames_between_the_fragments_of_a_message_count() {
        for (int i = 0; i <= MAX; i++) {
            frames.onData();
            completed++; // the fragment
            completed++; // a ping after it
        }
        assertThat(frames.areTooMany(SECOND)).isTrue();
    }
}
