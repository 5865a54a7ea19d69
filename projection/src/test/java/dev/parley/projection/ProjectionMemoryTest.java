package dev.parley.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ProjectionMemoryTest {

    private static final long MIB = 1024 * 1024;

    private static ProjectionSettings settings(Map<String, Object> set) {
        return new Binder(new MapConfigurationPropertySource(set))
                .bindOrCreate("parley.projection", ProjectionSettings.class);
    }

    @Test
    void texts_of_unfinished_turns_take_a_share_of_the_heap_unless_their_size_is_set() {
        assertThat(settings(Map.of()).openChars(256 * MIB)).isEqualTo(16 * MIB);
        assertThat(settings(Map.of()).openChars(4_096 * MIB)).isEqualTo(64_000_000);
        assertThat(settings(Map.of("parley.projection.max-open-chars", 5)).openChars(256 * MIB))
                .isEqualTo(5);
    }
}
