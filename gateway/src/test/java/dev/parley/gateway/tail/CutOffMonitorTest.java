package dev.parley.gateway.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.settings.TailSettings;
import dev.parley.service.startup.RequiredThreads;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CutOffMonitorTest {

    private static final TailSettings SETTINGS =
            new TailSettings(Duration.ofSeconds(3), Duration.ofSeconds(8), Duration.ofSeconds(90));

    private long stalledMs;
    private @Nullable Object progress = 0;
    private int sent;
    private final CutOffMonitor monitor =
            new CutOffMonitor(() -> stalledMs, this::progress, () -> sent++, SETTINGS, RequiredThreads.endingNothing());

    private Object progress() {
        if (progress == null) {
            throw new IllegalStateException("the store is away");
        }
        return progress;
    }

    @Test
    void while_kafka_answers_no_client_is_asked_to_reconnect() {
        for (int i = 0; i < 200; i++) {
            progress = i % 3 == 0 ? null : i;
            monitor.check();
        }
        assertThat(sent).isZero();
    }

    @Test
    void if_kafka_is_down_as_a_whole_for_a_minute_clients_stay() {
        progress = 7;
        silent(60_000);
        assertThat(sent).isZero();
    }

    /** The projection has an answer from Kafka before this node. */
    @Test
    void a_node_has_time_to_get_an_answer_when_kafka_is_back() {
        silent(60_000);
        progress = 8;
        silent(65_000);
        assertThat(sent).isZero();
        stalledMs = 0;
        monitor.check();
        progress = 9;
        monitor.check();
        assertThat(sent).isZero();
    }

    @Test
    void a_node_that_is_cut_off_while_the_projection_writes_asks_its_clients_to_reconnect_once() {
        silent(5_000);
        progress = 8;
        silent(10_000);
        assertThat(sent).as("it may be over in a moment").isZero();
        silent(11_000);
        assertThat(sent).isEqualTo(1);
        silent(120_000);
        assertThat(sent).isEqualTo(1);
    }

    @Test
    void writes_of_the_projection_from_before_the_outage_are_no_sign() {
        stalledMs = 2_000;
        monitor.check();
        progress = 8;
        silent(60_000);
        assertThat(sent).isZero();
    }

    @Test
    void a_store_that_fails_together_with_kafka_is_a_sign() {
        monitor.check();
        progress = null;
        silent(8_000);
        assertThat(sent).isEqualTo(1);
    }

    @Test
    void a_store_that_failed_before_is_no_sign() {
        progress = null;
        monitor.check();
        silent(60_000);
        assertThat(sent).isZero();
    }

    @Test
    void after_a_long_time_clients_are_asked_to_reconnect_without_a_sign() {
        silent(89_000);
        assertThat(sent).isZero();
        silent(90_000);
        assertThat(sent).isEqualTo(1);
    }

    @Test
    void each_outage_is_judged_on_its_own() {
        silent(5_000);
        progress = 8;
        silent(11_000);
        stalledMs = 0;
        monitor.check();
        silent(60_000);
        assertThat(sent).isEqualTo(1);
        progress = 9;
        silent(66_000);
        assertThat(sent).isEqualTo(2);
    }

    /** Goes on to this length of silence, a look a second. */
    private void silent(long untilMs) {
        while (stalledMs < untilMs) {
            stalledMs = Math.min(untilMs, Math.max(stalledMs + 1_000, 3_000));
            monitor.check();
        }
    }
}
