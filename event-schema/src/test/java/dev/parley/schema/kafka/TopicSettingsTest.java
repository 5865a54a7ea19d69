package dev.parley.schema.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TopicSettingsTest {

    @Test
    void zero_means_the_default() {
        assertThat(new TopicSettings(0, (short) 0)).isEqualTo(new TopicSettings(64, (short) 1));
        assertThat(new TopicSettings(8, (short) 3).partitions()).isEqualTo(8);
        assertThat(new TopicSettings(8, (short) 3).replicas()).isEqualTo((short) 3);
    }

    @Test
    void negative_numbers_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TopicSettings(-1, (short) 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new TopicSettings(1, (short) -1));
    }
}
