package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.GatewaySettings.WindowSettings;
import org.junit.jupiter.api.Test;

class WindowSettingsTest {

    private static final long MIB = 1024 * 1024;

    @Test
    void the_hot_window_takes_a_share_of_the_heap_unless_its_size_is_set() {
        assertThat(new WindowSettings(0, 1, 1, 1, 1).bounds(256 * MIB).maxBytes())
                .isEqualTo(64 * MIB);
        assertThat(new WindowSettings(0, 1, 1, 1, 1).bounds(4_096 * MIB).maxBytes())
                .isEqualTo(128 * MIB);
        assertThat(new WindowSettings(7, 1, 1, 1, 1).bounds(256 * MIB).maxBytes())
                .isEqualTo(7);
    }
}
