package dev.parley.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.testkit.Windows;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Entry;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HotWindowTest {

    private static final SessionKey SESSION = SessionKey.of("ada", "s1");
    private static final long KEEP_FINISHED = 1_000;
    private static final long KEEP_SILENT = 10_000;

    @Test
    void a_finished_stream_stays_in_memory_for_the_configured_time() {
        HotWindow window = window(1 << 20);
        finished(window, "m1", 5);
        window.evict(5 + KEEP_FINISHED);
        assertThat(window.find(id("m1"))).isNotNull();
        window.evict(6 + KEEP_FINISHED);
        assertThat(window.find(id("m1"))).isNull();
        assertThat(window.bytes()).isZero();
        assertThat(window.of(SESSION)).isEmpty();
    }

    @Test
    void when_memory_runs_short_the_longest_finished_stream_is_evicted_first_and_running_ones_stay_complete() {
        HotWindow window = window(2_000);
        running(window, "running", 3);
        finished(window, "old", 1);
        finished(window, "young", 2);
        window.evict(3);
        assertThat(window.find(id("old"))).isNotNull();
        finished(window, "third", 4);
        window.evict(4);
        assertThat(window.find(id("old"))).isNull();
        assertThat(window.find(id("young"))).isNotNull();
        assertThat(find(window, "running").hasEvicted(0)).isFalse();
    }

    @Test
    void when_only_running_streams_are_left_their_events_are_evicted_and_their_states_stay() {
        HotWindow window = window(600);
        running(window, "m1", 3);
        window.evict(0);
        BufferedStream stream = find(window, "m1");
        assertThat(stream.hasEvicted(0)).isTrue();
        assertThat(stream.length()).isEqualTo(3);
        window.accept(Log.next(), Log.head(SESSION, "m1", Log.entry(3, 9)), Log.value("m1", 3), 0);
        assertThat(stream.at(3)).isNotNull();
        assertThat(window.bytes()).isLessThanOrEqualTo(600);
    }

    @Test
    void a_stream_without_records_for_too_long_is_evicted() {
        HotWindow window = window(1 << 20);
        running(window, "m1", 3);
        window.requested(id("m2"), SESSION, 0);
        window.evictSilent(KEEP_SILENT);
        assertThat(window.size()).isEqualTo(2);
        window.evictSilent(KEEP_SILENT + 1);
        assertThat(window.size()).isZero();
        assertThat(window.bytes()).isZero();
    }

    @Test
    void the_session_of_the_first_command_counts() {
        HotWindow window = window(1 << 20);
        SessionKey other = SessionKey.of("ada", "s2");
        window.findOrAdd(id("m1"), other, 0);
        window.requested(id("m1"), SESSION, 0);
        window.requested(id("m1"), other, 0);
        assertThat(window.activeStreams(SESSION)).hasSize(1);
        assertThat(window.activeStreams(other)).isEmpty();
    }

    @Test
    void a_stream_that_has_begun_stays_in_its_session() {
        HotWindow window = window(1 << 20);
        running(window, "m1", 2);
        window.requested(id("m1"), SessionKey.of("ada", "s2"), 0);
        assertThat(window.activeStreams(SESSION)).hasSize(1);
    }

    @Test
    void a_deleted_conversation_leaves_no_text_and_its_late_records_are_dropped() {
        HotWindow window = window(1 << 20);
        finished(window, "m1", 0);
        deleted(window, 1);
        assertThat(find(window, "m1").at(0)).isNull();
        window.accept(Log.next(), Log.head(SESSION, "m1", Log.entry(0, 2)), Log.value("m1", 0), 0);
        window.accept(Log.next(), Log.head(SESSION, "m1", new Entry.Start(Log.FIRST, 0)), Log.value("m1", 0), 0);
        assertThat(find(window, "m1").at(0)).isNull();
        assertThat(find(window, "m1").hasNoEvents()).isTrue();
        window.evict(KEEP_FINISHED + 1);
        assertThat(window.size()).isZero();
        assertThat(window.bytes()).isZero();
    }

    @Test
    void messages_before_a_deletion_are_no_longer_active_and_later_ones_are() {
        HotWindow window = window(1 << 20);
        window.requested(id("before"), SESSION, new LoggedMessage(5, 0, "one"), 0);
        window.requested(id("after"), SESSION, new LoggedMessage(9, 0, "two"), 0);
        deleted(window, 7);
        window.requested(id("late"), SESSION, new LoggedMessage(6, 0, "three"), 0);
        assertThat(window.activeStreams(SESSION)).extracting(BufferedStream::id).containsExactly(id("after"));
    }

    @Test
    void texts_of_queued_messages_count_and_are_dropped_at_the_end_of_the_stream() {
        HotWindow window = window(1 << 20);
        window.requested(id("m1"), SESSION, new LoggedMessage(1, 0, "x".repeat(1_000)), 0);
        assertThat(window.bytes()).isGreaterThan(2_000);
        finished(window, "m1", 0);
        assertThat(find(window, "m1").command()).isNull();
        assertThat(window.bytes()).isLessThan(2_000);
        window.evict(KEEP_FINISHED + 1);
        assertThat(window.bytes()).isZero();
    }

    @Test
    void active_streams_are_listed_in_the_order_of_their_commands() {
        HotWindow window = window(1 << 20);
        window.findOrAdd(id("third"), SESSION, 0);
        window.requested(id("first"), SESSION, new LoggedMessage(1, 0, "1"), 0);
        window.requested(id("second"), SESSION, new LoggedMessage(2, 0, "2"), 0);
        window.requested(id("third"), SESSION, new LoggedMessage(3, 0, "3"), 0);
        running(window, "older", 1);
        assertThat(window.activeStreams(SESSION))
                .extracting(BufferedStream::id)
                .containsExactly(id("older"), id("first"), id("second"), id("third"));
    }

    @Test
    void a_stream_whose_start_may_be_a_second_one_is_unknown() {
        HotWindow window = window(1 << 20);
        window.readFrom(0, 1_000);
        window.accept(
                new RecordPosition(0, 1_000),
                Log.head(SESSION, "m1", new Entry.Start(Log.FIRST, 998)),
                Log.value("m1", 0),
                0);
        window.accept(
                new RecordPosition(0, 1_001),
                Log.head(SESSION, "m2", new Entry.Start(Log.FIRST, 999)),
                Log.value("m2", 0),
                0);
        assertThat(find(window, "m1").isUnknown()).isTrue();
        assertThat(find(window, "m1").hasEvicted(0)).isTrue();
        assertThat(find(window, "m2").isOpen()).isTrue();
    }

    @Test
    void a_start_whose_writer_had_not_read_an_evicted_start_is_unknown() {
        HotWindow window = window(1 << 20);
        window.accept(
                new RecordPosition(0, 50),
                Log.head(SESSION, "m1", new Entry.Start(Log.FIRST, 49)),
                Log.value("m1", 0),
                0);
        window.accept(
                new RecordPosition(0, 51),
                Log.head(SESSION, "m1", new Entry.Terminal(Log.FIRST, 1)),
                Log.value("m1", 1),
                0);
        window.evict(KEEP_FINISHED + 1);
        assertThat(window.size()).isZero();
        window.accept(
                new RecordPosition(0, 52),
                Log.head(SESSION, "m1", new Entry.Start(Log.FIRST, 48)),
                Log.value("m1", 0),
                0);
        assertThat(find(window, "m1").isUnknown()).isTrue();
    }

    private static void deleted(HotWindow window, long command) {
        window.deleted(Log.next(), new EventHead.OfSession(SESSION, command, null));
    }

    private static HotWindow window(long maxBytes) {
        return new HotWindow(Windows.of(maxBytes, KEEP_FINISHED, KEEP_SILENT));
    }

    private static void running(HotWindow window, String message, int events) {
        for (int seq = 0; seq < events; seq++) {
            window.accept(Log.next(), Log.head(SESSION, message, Log.entry(seq, 1_000)), Log.value(message, seq), 0);
        }
    }

    private static void finished(HotWindow window, String message, long atMs) {
        for (int seq = 0; seq < 2; seq++) {
            window.accept(Log.next(), Log.head(SESSION, message, Log.entry(seq, 2)), Log.value(message, seq), atMs);
        }
    }

    private static BufferedStream find(HotWindow window, String message) {
        return Objects.requireNonNull(window.find(id(message)));
    }

    private static StreamId id(String message) {
        return StreamId.of("ada", message);
    }
}
