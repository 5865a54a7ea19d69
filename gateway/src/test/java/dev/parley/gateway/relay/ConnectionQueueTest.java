package dev.parley.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import org.junit.jupiter.api.Test;

class ConnectionQueueTest {

    private static final UserId ADA = new UserId("ada");
    private static final SessionKey SESSION = SessionKey.of("ada", "s1");
    private static final int BOUND = 100;

    private final Reader reader = new Reader(ADA, BOUND);

    @Test
    void a_past_that_is_longer_than_the_bound_is_sent() {
        BufferedStream stream = stream("m1", 50);
        reader.out.follow(stream, 0, null);
        assertThat(reader.writeAll().events).hasSize(50);
        assertThat(reader.closedFor).isNull();
    }

    @Test
    void a_live_reader_that_falls_behind_by_a_burst_of_events_gets_each() {
        BufferedStream stream = stream("m1", 1);
        reader.out.follow(stream, 0, null);
        reader.writeAll();
        for (int i = 0; i < 10 * BOUND; i++) {
            append(reader.out, stream, "m1");
        }
        assertThat(reader.out.backlogBytes()).isGreaterThan(10 * BOUND);
        assertThat(reader.out.ownBytes()).isZero();
        assertThat(reader.writeAll().events).hasSize(10 * BOUND + 1);
        assertThat(reader.closedFor).isNull();
        assertThat(reader.out.backlogBytes()).isZero();
    }

    @Test
    void events_that_come_while_the_past_is_sent_do_not_make_a_reader_slow() {
        BufferedStream stream = stream("m1", 50);
        reader.out.follow(stream, 0, null);
        reader.write(10);
        for (int i = 0; i < BOUND; i++) {
            append(reader.out, stream, "m1");
        }
        assertThat(reader.writeAll().events).hasSize(50 + BOUND);
        assertThat(reader.closedFor).isNull();
    }

    @Test
    void an_event_that_is_written_before_it_is_announced_is_not_in_the_backlog() {
        BufferedStream stream = stream("m1", 1);
        reader.out.follow(stream, 0, null);
        reader.writeAll();
        EventRecord first = put(stream, "m1");
        EventRecord second = put(stream, "m1");
        reader.out.announce(stream, 1, first.value().length);
        assertThat(reader.writeAll().events).hasSize(3);
        reader.out.announce(stream, 2, second.value().length);
        assertThat(reader.out.backlogBytes()).isZero();
        assertThat(reader.writeAll().events).hasSize(3);
    }

    @Test
    void a_reader_that_keeps_up_is_never_behind() {
        BufferedStream stream = stream("m1", 1);
        reader.out.follow(stream, 0, null);
        for (int i = 0; i < 10 * BOUND; i++) {
            append(reader.out, stream, "m1");
            reader.writeAll();
            assertThat(reader.out.backlogBytes()).isZero();
        }
        assertThat(reader.closedFor).isNull();
        assertThat(reader.events).hasSize(10 * BOUND + 1);
    }

    @Test
    void events_that_are_larger_than_the_bound_do_not_make_a_reader_slow() {
        BufferedStream stream = stream("m1", 1);
        reader.out.follow(stream, 0, null);
        reader.writeAll();
        append(reader.out, stream, large());
        append(reader.out, stream, large());
        append(reader.out, stream, large());
        assertThat(reader.writeAll().events).hasSize(4);
        assertThat(reader.closedFor).isNull();
    }

    @Test
    void frames_that_other_connections_get_too_do_not_count() {
        for (int i = 0; i < BOUND; i++) {
            reader.out.sendAfterSession(SESSION, new byte[10]);
        }
        assertThat(reader.out.ownBytes()).isZero();
        assertThat(reader.writeAll().controls).hasSize(BOUND);
        assertThat(reader.closedFor).isNull();
    }

    @Test
    void frames_that_the_client_does_not_read_are_bounded() {
        for (int i = 0; i < BOUND; i++) {
            reader.out.send(new ServerFrame.Pong(null));
        }
        assertThat(reader.writeAll().closedFor).isEqualTo(CloseReason.READER_TOO_SLOW);
        assertThat(reader.controls).isEmpty();
    }

    @Test
    void a_cursor_at_an_evicted_event_closes_the_connection_instead_of_leaving_a_gap() {
        BufferedStream stream = stream("m1", 5);
        reader.out.follow(stream, 2, null);
        stream.evictOldest(0);
        assertThat(reader.writeAll().closedFor).isEqualTo(CloseReason.READER_TOO_SLOW);
        assertThat(reader.events).isEmpty();
    }

    @Test
    void streams_take_turns() {
        reader.out.follow(stream("a", 3), 0, null);
        reader.out.follow(stream("b", 2), 0, null);
        assertThat(reader.writeAll().events).containsExactly("a#0", "b#0", "a#1", "b#1", "a#2");
    }

    @Test
    void a_close_drops_the_queue_and_nothing_follows_it() {
        reader.out.follow(stream("a", 3), 0, null);
        reader.out.close(CloseReason.TOKEN_EXPIRED);
        reader.out.close(CloseReason.RESTART);
        reader.out.ping();
        assertThat(reader.writeAll().all).isEmpty();
        assertThat(reader.closedFor).isEqualTo(CloseReason.TOKEN_EXPIRED);
    }

    @Test
    void close_when_written_closes_after_the_queued_frames() {
        reader.out.send(new ServerFrame.GoingAway(5));
        reader.out.closeWhenWritten(CloseReason.RESTART);
        reader.out.send(new ServerFrame.GoingAway(6));
        assertThat(reader.writeAll().controls)
                .containsExactly("{\"type\":\"going_away\",\"data\":{\"reconnect_in_ms\":5}}");
        assertThat(reader.closedFor).isEqualTo(CloseReason.RESTART);
    }

    @Test
    void the_writer_is_started_again_only_after_it_has_stopped() {
        int[] starts = {0};
        ConnectionQueue out = new ConnectionQueue(ADA, BOUND, () -> starts[0]++);
        out.ping();
        out.ping();
        assertThat(starts[0]).isEqualTo(1);
        while (out.poll() != null) {
            out.ping();
            out.close(CloseReason.RESTART);
        }
        assertThat(starts[0]).isEqualTo(1);
    }

    @Test
    void a_discarded_connection_starts_no_writer() {
        int[] starts = {0};
        ConnectionQueue out = new ConnectionQueue(ADA, BOUND, () -> starts[0]++);
        out.discard();
        out.ping();
        out.follow(stream("a", 3), 0, null);
        out.close(CloseReason.RESTART);
        assertThat(starts[0]).isZero();
    }

    private static BufferedStream stream(String message, int length) {
        BufferedStream stream = new BufferedStream(StreamId.of("ada", message), SESSION, 0);
        for (int seq = 0; seq < length; seq++) {
            stream.append(new StreamLog.Open(Log.FIRST, seq + 1, false, Entry.NOT_STATED), Log.value(message, seq));
        }
        return stream;
    }

    private static void append(ConnectionQueue out, BufferedStream stream, String message) {
        append(out, stream, Log.value(message, stream.length()));
    }

    private static void append(ConnectionQueue out, BufferedStream stream, EventRecord record) {
        put(stream, record);
        out.announce(stream, stream.length() - 1, record.value().length);
    }

    private static EventRecord large() {
        return new EventRecord("some_type", new byte[BOUND + 1], 0);
    }

    private static EventRecord put(BufferedStream stream, String message) {
        return put(stream, Log.value(message, stream.length()));
    }

    private static EventRecord put(BufferedStream stream, EventRecord record) {
        stream.append(new StreamLog.Open(Log.FIRST, stream.length() + 1, false, Entry.NOT_STATED), record);
        return record;
    }
}
