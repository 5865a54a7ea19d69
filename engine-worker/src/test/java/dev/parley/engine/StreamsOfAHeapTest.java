package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class StreamsOfAHeapTest {

    private static final long MIB = 1024 * 1024;

    private static EngineSettings settings(Map<String, Object> set) {
        return new Binder(new MapConfigurationPropertySource(set)).bindOrCreate("parley.engine", EngineSettings.class);
    }

    @Test
    void as_many_streams_run_as_the_heap_has_room_for() {
        EngineSettings settings = settings(Map.of());

        assertThat(settings.streams(256 * MIB)).isBetween(400, 600);
        assertThat(settings.streams(384 * MIB)).isGreaterThan(900);
        assertThat(settings.streams(4_096 * MIB)).isEqualTo(1_000);
        assertThat(settings.streams(64 * MIB)).isEqualTo(16);
    }

    @Test
    void what_is_kept_in_memory_leaves_less_room_and_a_configured_number_takes_precedence() {
        assertThat(settings(Map.of("parley.engine.view.max-chars", 134_217_728)).streams(256 * MIB))
                .isLessThan(settings(Map.of()).streams(256 * MIB));
        assertThat(settings(Map.of("parley.engine.max-running", 7)).streams(256 * MIB))
                .isEqualTo(7);
    }
}
