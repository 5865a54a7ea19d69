package dev.parley.gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowSettingsTest {

    private static final long MIB = 1024 * 1024;

    @Test
    void the_hot_window_takes_a_share_of_the_heap_unless_its_size_is_set() {
        assertThat(window(0).memoryBytes(256 * MIB)).isEqualTo(64 * MIB);
        assertThat(window(0).memoryBytes(4_096 * MIB)).isEqualTo(128 * MIB);
        assertThat(window(7).memoryBytes(256 * MIB)).isEqualTo(7);
    }

    private static WindowSettings window(long maxBytes) {
        return dev.parley.gateway.testkit.Windows.of(maxBytes, 1, 1);
    }
}
