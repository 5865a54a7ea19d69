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
    void while_kafka_answers_nobody_is_sent_away_whatever_the_store_does() {
        for (int i = 0; i < 200; i++) {
            progress = i % 3 == 0 ? null : i;
            monitor.check();
        }
        assertThat(sent).isZero();
    }

    @Test
    void kafka_that_is_away_as_a_whole_for_a_minute_costs_no_socket() {
        progress = 7;
        silent(60_000);
        assertThat(sent).isZero();
    }

    /** The projection has an answer from Kafka before this node. */
    @Test
    void when_kafka_is_back_a_node_has_time_to_get_an_answer_too() {
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
    void who_is_cut_off_while_the_log_goes_on_sends_its_clients_elsewhere_once() {
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
    void what_the_projection_wrote_before_the_silence_counted_is_no_sign() {
        stalledMs = 2_000;
        monitor.check();
        progress = 8;
        silent(60_000);
        assertThat(sent).isZero();
    }

    @Test
    void a_store_that_went_away_together_with_kafka_means_that_the_own_network_is_broken() {
        monitor.check();
        progress = null;
        silent(8_000);
        assertThat(sent).isEqualTo(1);
    }

    @Test
    void a_store_that_was_away_before_says_nothing() {
        progress = null;
        monitor.check();
        silent(60_000);
        assertThat(sent).isZero();
    }

    @Test
    void in_the_end_clients_are_sent_elsewhere_in_any_case() {
        silent(89_000);
        assertThat(sent).isZero();
        silent(90_000);
        assertThat(sent).isEqualTo(1);
    }

    @Test
    void each_outage_counts_for_itself() {
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
