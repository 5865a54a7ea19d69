package dev.parley.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.testkit.Windows;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RelayTest {

    private static final UserId ADA = new UserId("ada");
    private static final SessionKey SESSION = SessionKey.of("ada", "s1");
    private static final StreamId STREAM = StreamId.of("ada", "m1");

    private static final byte[] DELETED = "deleted".getBytes(StandardCharsets.UTF_8);

    private final Relay relay = new Relay(Windows.of(1 << 20, 60_000, 60_000));

    /**
     * The law of resuming: wherever in the life of a stream a client comes, leaves and comes back, and however far its writer and
     * the log get in between, it has every event exactly once and in order.
     */
    @Test
    void a_client_that_disconnects_and_resumes_at_any_seq_gets_every_event_once() {
        for (long seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            Relay fresh = new Relay(Windows.of(1 << 20, 60_000, 60_000));
            int length = 2 + random.nextInt(30);
            List<String> got = new ArrayList<>();
            Reader reader = connected(fresh, new Reader(ADA));
            fresh.attach(reader.out, STREAM, SESSION, 0);
            fresh.onRequested(STREAM, SESSION, 0);
            int written = 0;
            while (written < length) {
                switch (random.nextInt(4)) {
                    case 0 -> reader.write(1 + random.nextInt(5));
                    case 1 -> {
                        fresh.disconnect(reader.out);
                        got.addAll(reader.events);
                        reader = connected(fresh, new Reader(ADA));
                        assertThat(fresh.resume(reader.out, STREAM, got.size() - 1))
                                .isEqualTo(ResumeResult.RESUMED);
                    }
                    default -> {
                        append(fresh, "m1", written, length);
                        written++;
                    }
                }
            }
            got.addAll(reader.writeAll().events);
            assertThat(got)
                    .as("seed %d", seed)
                    .isEqualTo(LongStream.range(0, length)
                            .mapToObj(seq -> "m1#" + seq)
                            .toList());
        }
    }

    @Test
    void a_connection_that_reads_another_users_streams_counts_for_its_owner() {
        UserId eve = new UserId("eve");
        ConnectionQueue watching = new ConnectionQueue(eve, ADA, 1 << 20, () -> {});
        append(relay, "m1", 0, 4);
        relay.connect(watching);

        assertThat(relay.resume(watching, STREAM, -1)).isEqualTo(ResumeResult.RESUMED);
        assertThat(relay.connectionsOf(ADA)).isZero();
        assertThat(relay.connectionsOf(eve)).isEqualTo(1);
        assertThat(relay.allConnections()).isEqualTo(Map.of(eve, 1));
        assertThat(relay.drainChangedConnections()).isEqualTo(Map.of(eve, 1));

        relay.disconnect(watching);
        assertThat(relay.allConnections()).isEmpty();
        assertThat(relay.drainChangedConnections()).isEqualTo(Map.of(eve, 0));
    }

    @Test
    void connect_returns_the_number_of_connections_of_the_owner() {
        ConnectionQueue first = new ConnectionQueue(ADA, ADA, 1 << 20, () -> {});
        assertThat(relay.connect(first)).isEqualTo(1);
        assertThat(relay.connect(new ConnectionQueue(ADA, ADA, 1 << 20, () -> {})))
                .isEqualTo(2);
        assertThat(relay.connect(new ConnectionQueue(new UserId("eve"), ADA, 1 << 20, () -> {})))
                .isEqualTo(1);
        relay.disconnect(first);
        assertThat(relay.connect(first)).isEqualTo(2);
    }

    @Test
    void a_session_member_gets_a_stream_from_its_start_whether_it_joins_before_or_after() {
        Reader early = connected(relay, new Reader(ADA));
        Reader late = connected(relay, new Reader(ADA));
        relay.join(early.out, SESSION, 10);
        append(relay, "m1", 0, 4);
        append(relay, "m1", 1, 4);
        relay.join(late.out, SESSION, 10);
        append(relay, "m1", 2, 4);
        append(relay, "m1", 3, 4);
        assertThat(early.writeAll().events).containsExactly("m1#0", "m1#1", "m1#2", "m1#3");
        assertThat(late.writeAll().events).containsExactly("m1#0", "m1#1", "m1#2", "m1#3");
    }

    @Test
    void a_connection_that_left_a_session_gets_no_more_until_it_joins_again() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.join(reader.out, SESSION, 10);
        append(relay, "m1", 0, 9);
        reader.writeAll();
        relay.leave(reader.out, SESSION);
        append(relay, "m1", 1, 9);
        append(relay, "m2", 0, 9);
        assertThat(reader.writeAll().events).containsExactly("m1#0");
        relay.join(reader.out, SESSION, 10);
        assertThat(reader.writeAll().events).containsExactly("m1#0", "m1#0", "m2#0", "m1#1");
    }

    @Test
    void leaving_a_session_that_was_not_joined_ends_streams_that_the_connection_requested() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.attach(reader.out, STREAM, SESSION, 0);
        append(relay, "m1", 0, 9);
        relay.leave(reader.out, SESSION);
        append(relay, "m1", 1, 9);
        assertThat(reader.writeAll().events).isEmpty();
    }

    @Test
    void a_stream_is_not_sent_again_to_a_connection_that_has_it() {
        Reader reader = connected(relay, new Reader(ADA));
        assertThat(relay.attach(reader.out, STREAM, SESSION, 0)).isTrue();
        append(relay, "m1", 0, 2);
        append(relay, "m1", 1, 2);
        reader.writeAll();
        assertThat(relay.attach(reader.out, STREAM, SESSION, 0)).isTrue();
        assertThat(reader.writeAll().events).containsExactly("m1#0", "m1#1");
    }

    @Test
    void control_records_and_dropped_records_are_not_sent() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.attach(reader.out, STREAM, SESSION, 0);
        append(relay, "m1", 0, 9);
        Claim second = new Claim(2, "second");
        relay.onEvent(
                Log.next(), Log.head(SESSION, "m1", new Entry.Keepalive(Log.FIRST)), Log.value("keepalive", 0), 0);
        relay.onEvent(Log.next(), Log.head(SESSION, "m1", new Entry.Takeover(second)), Log.value("takeover", 0), 0);
        Verdict old = relay.onEvent(
                Log.next(), Log.head(SESSION, "m1", new Entry.Event(Log.FIRST, 1)), Log.value("old", 1), 0);
        relay.onEvent(Log.next(), Log.head(SESSION, "m1", new Entry.Event(second, 1)), Log.value("successor", 1), 0);
        assertThat(old).isEqualTo(new Verdict.Dropped(DropReason.STALE_CLAIM));
        assertThat(reader.writeAll().all).containsExactly("m1#0", "successor#1");
    }

    @Test
    void the_resumed_frame_marks_the_end_of_the_past() {
        Reader reader = connected(relay, new Reader(ADA));
        append(relay, "m1", 0, 9);
        append(relay, "m1", 1, 9);
        relay.resume(reader.out, STREAM, 0);
        append(relay, "m1", 2, 9);
        reader.writeAll();
        assertThat(reader.all.get(0)).isEqualTo("m1#1");
        assertThat(reader.all.get(1))
                .contains("\"resumed\"")
                .contains("\"last_seq\":1")
                .contains("\"live\":true");
        assertThat(reader.all.get(2)).isEqualTo("m1#2");
    }

    @Test
    void a_client_that_read_further_at_another_gateway_gets_nothing_twice() {
        Reader reader = connected(relay, new Reader(ADA));
        append(relay, "m1", 0, 9);
        assertThat(relay.resume(reader.out, STREAM, 2)).isEqualTo(ResumeResult.RESUMED);
        for (int seq = 1; seq < 5; seq++) {
            append(relay, "m1", seq, 9);
        }
        assertThat(reader.writeAll().events).containsExactly("m1#3", "m1#4");
    }

    @Test
    void a_seq_that_the_stream_cannot_have_is_refused() {
        Reader reader = connected(relay, new Reader(ADA));
        append(relay, "m1", 0, 2);
        assertThat(relay.resume(reader.out, STREAM, 1_000_000)).isEqualTo(ResumeResult.AHEAD);
        assertThat(relay.resume(reader.out, STREAM, Long.MAX_VALUE)).isEqualTo(ResumeResult.AHEAD);
        append(relay, "m1", 1, 2);
        assertThat(relay.resume(reader.out, STREAM, 2)).isEqualTo(ResumeResult.AHEAD);
        assertThat(relay.resume(reader.out, STREAM, 1)).isEqualTo(ResumeResult.RESUMED);
    }

    @Test
    void a_connection_reads_a_bounded_number_of_past_streams_at_a_time() {
        Reader reader = connected(relay, new Reader(ADA));
        for (int i = 0; i < 4; i++) {
            assertThat(relay.resumePast(reader.out, past("m" + i), -1)).isEqualTo(ResumeResult.RESUMED);
        }
        assertThat(relay.resumePast(reader.out, past("m4"), -1)).isEqualTo(ResumeResult.TOO_MANY_PAST_STREAMS);

        assertThat(reader.writeAll().events).hasSize(12);
        assertThat(relay.resumePast(reader.out, past("m4"), 3)).isEqualTo(ResumeResult.AHEAD);
        assertThat(relay.resumePast(reader.out, past("m4"), 1)).isEqualTo(ResumeResult.RESUMED);
        assertThat(reader.writeAll().events).hasSize(13);
    }

    /** An archived stream of three events, without an end. */
    private static BufferedStream past(String message) {
        return BufferedStream.past(
                new StreamId(ADA, new MessageId(message)),
                SESSION,
                new StreamLog.Open(Log.FIRST, 3, false, Entry.NOT_STATED),
                0,
                List.of(Log.value(message, 0), Log.value(message, 1), Log.value(message, 2)),
                share(3));
    }

    private static PastStreamMemory.Allocation share(long bytes) {
        return Objects.requireNonNull(new PastStreamMemory(bytes).allocate(bytes));
    }

    @Test
    void a_connection_gets_no_further_past_stream_before_it_has_read_a_large_one() {
        Reader reader = connected(relay, new Reader(ADA, 1_000));
        PastStreamMemory memory = new PastStreamMemory(10_000);
        assertThat(relay.resumePast(reader.out, past("m0", 900, memory), -1)).isEqualTo(ResumeResult.RESUMED);
        assertThat(relay.resumePast(reader.out, past("m1", 5_000, memory), -1)).isEqualTo(ResumeResult.RESUMED);
        assertThat(relay.resumePast(reader.out, past("m2", 1, memory), -1))
                .isEqualTo(ResumeResult.TOO_MANY_PAST_STREAMS);
        assertThat(relay.attachPast(reader.out, past("m2", 1, memory))).isEqualTo(ResumeResult.TOO_MANY_PAST_STREAMS);

        reader.writeAll();

        assertThat(relay.resumePast(reader.out, past("m2", 1, memory), -1)).isEqualTo(ResumeResult.RESUMED);
    }

    @Test
    void the_memory_of_a_past_stream_is_released_however_its_reader_ends() {
        PastStreamMemory memory = new PastStreamMemory(10_000);
        List<Consumer<Reader>> ends = List.of(
                Reader::writeAll,
                reader -> relay.leave(reader.out, SESSION),
                reader -> relay.resume(reader.out, STREAM, -1),
                reader -> relay.disconnect(reader.out),
                reader -> {
                    reader.out.close(CloseReason.READER_TOO_SLOW);
                    reader.writeAll();
                    relay.disconnect(reader.out);
                },
                reader -> relay.resumePast(reader.out, past("m1", 700, new PastStreamMemory(700)), -1));
        append(relay, "m1", 0, 9);
        for (Consumer<Reader> end : ends) {
            Reader one = connected(relay, new Reader(ADA));
            Reader other = connected(relay, new Reader(ADA));
            BufferedStream stream = past("m1", 600, memory);
            relay.resumePast(one.out, stream, -1);
            relay.resumePast(other.out, stream, -1);
            stream.release();
            assertThat(memory.allocatedBytes()).isEqualTo(600);
            end.accept(one);
            assertThat(memory.allocatedBytes()).as("another one reads it").isEqualTo(600);
            end.accept(other);
            assertThat(memory.allocatedBytes()).isZero();
        }
    }

    @Test
    void a_past_stream_without_readers_is_released() {
        PastStreamMemory memory = new PastStreamMemory(10_000);
        BufferedStream stream = past("m1", 600, memory);
        relay.onPastStreamFound(stream);
        stream.release();
        assertThat(memory.allocatedBytes()).isZero();
    }

    /** An archived stream of one event. */
    private static BufferedStream past(String message, int bytes, PastStreamMemory memory) {
        return BufferedStream.past(
                new StreamId(ADA, new MessageId(message)),
                SESSION,
                new StreamLog.Open(Log.FIRST, 1, false, Entry.NOT_STATED),
                0,
                List.of(new EventRecord("some_type", new byte[bytes], 0)),
                Objects.requireNonNull(memory.allocate(bytes)));
    }

    @Test
    void a_reader_of_an_evicted_stream_reads_to_the_end_only_if_the_memory_has_room() {
        PastStreamMemory memory = new PastStreamMemory(5_000);
        Relay small = new Relay(Windows.of(6_000, 60_000, 60_000), memory);
        Reader first = connected(small, new Reader(ADA));
        Reader second = connected(small, new Reader(ADA));
        small.attach(first.out, new StreamId(ADA, new MessageId("a")), SESSION, 0);
        small.attach(second.out, new StreamId(ADA, new MessageId("b")), SESSION, 0);
        for (String message : List.of("a", "b", "c", "d")) {
            for (long seq = 0; seq < 2; seq++) {
                EventRecord large = new EventRecord("some_type", new byte[2_000], 0);
                small.onEvent(Log.next(), Log.head(SESSION, message, Log.entry(seq, 2)), large, 0);
            }
        }

        assertThat(small.pastBytes()).isEqualTo(4_000);
        assertThat(first.writeAll().events).hasSize(2);
        assertThat(small.pastBytes()).isZero();
        assertThat(second.writeAll().closedFor).isEqualTo(CloseReason.READER_TOO_SLOW);
    }

    @Test
    void a_stream_is_unknown_until_it_is_requested_or_starts() {
        Reader reader = connected(relay, new Reader(ADA));
        assertThat(relay.resume(reader.out, STREAM, -1)).isEqualTo(ResumeResult.UNKNOWN);
        relay.attach(reader.out, STREAM, SESSION, 0);
        assertThat(relay.streams().state(STREAM)).isEqualTo(StreamState.UNKNOWN);
        assertThat(relay.resume(reader.out, STREAM, -1)).isEqualTo(ResumeResult.UNKNOWN);
        relay.onRequested(STREAM, SESSION, 0);
        assertThat(relay.streams().state(STREAM)).isEqualTo(StreamState.ACTIVE);
        assertThat(relay.resume(reader.out, STREAM, -1)).isEqualTo(ResumeResult.RESUMED);
    }

    @Test
    void nothing_is_kept_of_a_connection_that_is_gone() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.join(reader.out, SESSION, 10);
        relay.attach(reader.out, STREAM, SESSION, 0);
        assertThat(relay.streams().size()).isEqualTo(1);
        relay.disconnect(reader.out);
        assertThat(relay.streams().size()).isZero();
        assertThat(relay.connections()).isZero();
        assertThat(relay.streams().bytes()).isZero();
        append(relay, "m1", 0, 2);
        assertThat(reader.writeAll().events).isEmpty();
    }

    @Test
    void the_number_of_joined_sessions_is_bounded() {
        Reader reader = connected(relay, new Reader(ADA));
        assertThat(relay.join(reader.out, SessionKey.of("ada", "a"), 2)).isTrue();
        assertThat(relay.join(reader.out, SessionKey.of("ada", "b"), 2)).isTrue();
        assertThat(relay.join(reader.out, SessionKey.of("ada", "c"), 2)).isFalse();
        relay.leave(reader.out, SessionKey.of("ada", "a"));
        assertThat(relay.join(reader.out, SessionKey.of("ada", "c"), 2)).isTrue();
    }

    private static Reader connected(Relay to, Reader reader) {
        to.connect(reader.out);
        return reader;
    }

    @Test
    void connections_that_await_an_archived_stream_get_it_from_the_archive() {
        Reader sender = connected(relay, new Reader(ADA));
        Reader resumer = connected(relay, new Reader(ADA));
        Reader ahead = connected(relay, new Reader(ADA));
        relay.attach(sender.out, STREAM, SESSION, 0);
        relay.onRequested(STREAM, SESSION, 0);
        relay.resume(resumer.out, STREAM, 1);
        relay.resume(ahead.out, STREAM, 7);
        resumer.writeAll();
        assertThat(relay.isAwaited(STREAM)).isTrue();

        relay.onPastStreamFound(finished("m1", 4));

        assertThat(sender.writeAll().all).containsExactly("m1#0", "m1#1", "m1#2", "m1#3");
        assertThat(resumer.writeAll().events).containsExactly("m1#2", "m1#3");
        assertThat(ahead.writeAll().events).isEmpty();
        assertThat(ahead.controls).last().asString().contains("INVALID_MESSAGE_FORMAT");
        assertThat(relay.streams().state(STREAM)).isEqualTo(StreamState.UNKNOWN);
        assertThat(relay.isAwaited(STREAM)).isFalse();
        assertThat(sender.out.followsNothing()).isTrue();
    }

    @Test
    void a_connection_that_awaits_many_past_streams_gets_a_few_at_a_time() {
        Reader reader = connected(relay, new Reader(ADA));
        List<String> messages = List.of("m1", "m2", "m3", "m4", "m5");
        for (String message : messages) {
            relay.attach(reader.out, StreamId.of("ada", message), SESSION, 0);
            relay.onRequested(StreamId.of("ada", message), SESSION, 0);
        }
        messages.forEach(message -> relay.onPastStreamFound(finished(message, 2)));

        assertThat(relay.isAwaited(StreamId.of("ada", "m4"))).isFalse();
        assertThat(relay.isAwaited(StreamId.of("ada", "m5"))).isTrue();
        assertThat(reader.writeAll().events).hasSize(8);

        relay.onPastStreamFound(finished("m5", 2));
        assertThat(reader.writeAll().events).hasSize(10);
    }

    /** The message is sent again when its first events are only in the archive. */
    @Test
    void a_repeated_message_whose_events_were_evicted_gets_them_from_the_archive() {
        Reader reader = connected(relay, new Reader(ADA));

        assertThat(relay.attachPast(reader.out, finished("m1", 3))).isEqualTo(ResumeResult.RESUMED);
        assertThat(reader.writeAll().all).containsExactly("m1#0", "m1#1", "m1#2");

        relay.attachPast(reader.out, finished("m1", 3));
        assertThat(reader.writeAll().all).as("the connection has it").hasSize(3);
    }

    @Test
    void a_closed_connection_follows_no_streams() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.join(reader.out, SESSION, 1);
        reader.out.close(CloseReason.READER_TOO_SLOW);
        relay.onRequested(STREAM, SESSION, 0);

        assertThat(relay.isAwaited(STREAM)).isFalse();
    }

    @Test
    void a_connection_that_left_before_the_join_was_handled_is_no_member() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.join(reader.out, SESSION, 1, () -> false);
        append(relay, "m1", 0, 2);
        assertThat(reader.writeAll().all).isEmpty();
    }

    @Test
    void a_stream_that_has_begun_is_not_replaced_by_a_past_one() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.attach(reader.out, STREAM, SESSION, 0);
        relay.onRequested(STREAM, SESSION, 0);
        append(relay, "m1", 0, 2);

        relay.onPastStreamFound(finished("m1", 4));
        append(relay, "m1", 1, 2);

        assertThat(reader.writeAll().events).containsExactly("m1#0", "m1#1");
    }

    @Test
    void a_client_that_is_ahead_of_the_end_is_refused() {
        Reader reader = connected(relay, new Reader(ADA));
        append(relay, "m1", 0, 3);
        assertThat(relay.resume(reader.out, STREAM, 5)).isEqualTo(ResumeResult.RESUMED);
        append(relay, "m1", 1, 3);
        append(relay, "m1", 2, 3);
        assertThat(reader.writeAll().events).isEmpty();
        assertThat(reader.controls).last().asString().contains("INVALID_MESSAGE_FORMAT");
        assertThat(reader.out.followsNothing()).isTrue();
    }

    @Test
    void the_largest_seq_is_ahead_of_a_stream_that_has_not_begun() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.onRequested(STREAM, SESSION, 0);
        assertThat(relay.resume(reader.out, STREAM, Long.MAX_VALUE)).isEqualTo(ResumeResult.AHEAD);
    }

    @Test
    void a_reader_of_a_deleted_conversation_reads_to_the_end_and_then_gets_the_deletion() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.attach(reader.out, STREAM, SESSION, 0);
        append(relay, "m1", 0, 3);
        append(relay, "m1", 1, 3);
        append(relay, "m1", 2, 3);

        relay.onDeleted(Log.next(), new EventHead.OfSession(SESSION, 7L, null), DELETED);

        assertThat(reader.writeAll().all).containsExactly("m1#0", "m1#1", "m1#2", "deleted");
        assertThat(reader.closedFor).isNull();
        assertThat(relay.resume(reader.out, STREAM, -1)).isEqualTo(ResumeResult.UNKNOWN);
        assertThat(relay.streams().statusOf(STREAM)).isEmpty();
        assertThat(relay.streams().state(STREAM)).as("its id is new").isEqualTo(StreamState.UNKNOWN);
    }

    @Test
    void the_id_of_a_deleted_stream_is_a_new_stream_for_readers_of_the_first_one_too() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.attach(reader.out, STREAM, SESSION, 0);
        append(relay, "m1", 0, 2);
        append(relay, "m1", 1, 2);
        reader.writeAll().all.clear();
        RecordPosition deletion = Log.next();
        relay.onDeleted(deletion, new EventHead.OfSession(SESSION, 7L, null), DELETED);
        reader.writeAll().all.clear();

        relay.attach(reader.out, STREAM, SESSION, 0);
        relay.onRequested(STREAM, SESSION, new LoggedMessage(8, 0, "again"), 0);
        Entry old = new Entry.Start(Log.FIRST, deletion.offset() - 1);
        assertThat(relay.onEvent(Log.next(), Log.head(SESSION, "m1", old), Log.value("old", 0), 0))
                .isEqualTo(new Verdict.Dropped(DropReason.BEFORE_DELETION));
        Entry start = new Entry.Start(Log.FIRST, deletion.offset());
        relay.onEvent(Log.next(), Log.head(SESSION, "m1", start), Log.value("new", 0), 0);
        append(relay, "m1", 1, 2);

        assertThat(reader.writeAll().all).containsExactly("new#0", "m1#1");
        assertThat(relay.streams().state(STREAM)).isEqualTo(StreamState.ENDED);
    }

    @Test
    void a_connection_no_longer_awaits_a_queued_stream_whose_conversation_is_deleted() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.attach(reader.out, STREAM, SESSION, 0);
        relay.onRequested(STREAM, SESSION, new LoggedMessage(5, 0, "hi"), 0);
        assertThat(reader.out.followsNothing()).isFalse();

        relay.onDeleted(Log.next(), new EventHead.OfSession(SESSION, 7L, null), DELETED);

        assertThat(reader.out.followsNothing()).isTrue();
        assertThat(reader.writeAll().all).containsExactly("deleted", "stream deleted m1");
        assertThat(relay.streams().unfinishedTurns(SESSION)).isEmpty();
    }

    @Test
    void queued_streams_are_listed_in_session_joined_and_as_unfinished_turns() {
        append(relay, "m0", 0, 2);
        relay.onRequested(StreamId.of("ada", "m2"), SESSION, new LoggedMessage(4, 40, "second"), 0);
        relay.onRequested(STREAM, SESSION, new LoggedMessage(3, 30, "first"), 0);
        Reader reader = connected(relay, new Reader(ADA));

        relay.join(reader.out, SESSION, 1);

        assertThat(reader.writeAll().all.getFirst())
                .contains("\"active\":[{\"message_id\":\"m1\",\"status\":\"queued\"},"
                        + "{\"message_id\":\"m2\",\"status\":\"queued\"}]");
        assertThat(relay.streams().unfinishedTurns(SESSION))
                .containsExactly(
                        new UnfinishedTurn(STREAM, SESSION, new LoggedMessage(3, 30, "first"), false),
                        new UnfinishedTurn(
                                StreamId.of("ada", "m2"), SESSION, new LoggedMessage(4, 40, "second"), false));
        assertThat(relay.streams().unfinishedTurns(ADA)).hasSize(2);
        assertThat(relay.streams().unfinishedTurns(new UserId("bob"))).isEmpty();
    }

    @Test
    void a_reader_of_two_ended_streams_gets_the_deletion_after_both() {
        Reader reader = connected(relay, new Reader(ADA));
        for (String message : List.of("m1", "m2")) {
            relay.attach(reader.out, StreamId.of("ada", message), SESSION, 0);
            append(relay, message, 0, 2);
        }
        append(relay, "m1", 1, 2);
        append(relay, "m2", 1, 2);

        relay.onDeleted(Log.next(), new EventHead.OfSession(SESSION, 7L, null), DELETED);

        assertThat(reader.writeAll().all).containsExactly("m1#0", "m2#0", "m1#1", "m2#1", "deleted");
    }

    @Test
    void a_reader_that_leaves_before_the_end_gets_the_deletion_then() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.attach(reader.out, STREAM, SESSION, 0);
        append(relay, "m1", 0, 2);
        append(relay, "m1", 1, 2);
        relay.onDeleted(Log.next(), new EventHead.OfSession(SESSION, 7L, null), DELETED);

        relay.leave(reader.out, SESSION);

        assertThat(reader.writeAll().all).containsExactly("deleted");
    }

    @Test
    void a_repeated_deletion_changes_nothing() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.join(reader.out, SESSION, 1);
        reader.writeAll().all.clear();
        relay.onDeleted(Log.next(), new EventHead.OfSession(SESSION, 7L, null), DELETED);
        append(relay, "m2", 0, 2);
        append(relay, "m2", 1, 2);

        relay.onDeleted(Log.next(), new EventHead.OfSession(SESSION, 7L, null), DELETED);

        assertThat(reader.writeAll().all).containsExactly("deleted", "m2#0", "m2#1");
        assertThat(relay.streams().statusOf(StreamId.of("ada", "m2"))).isPresent();
    }

    @Test
    void later_records_of_a_deleted_running_stream_are_dropped() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.attach(reader.out, STREAM, SESSION, 0);
        append(relay, "m1", 0, 3);

        relay.onDeleted(Log.next(), new EventHead.OfSession(SESSION, 7L, null), DELETED);
        append(relay, "m1", 1, 3);
        append(relay, "m1", 2, 3);

        assertThat(reader.writeAll().all).containsExactly("deleted", "stream deleted m1");
        assertThat(reader.out.followsNothing()).isTrue();
    }

    @Test
    void a_connection_that_this_gateway_closed_leaves_nothing_behind() {
        for (CloseReason why : CloseReason.values()) {
            Reader reader = connected(relay, new Reader(ADA));
            relay.attach(reader.out, STREAM, SESSION, 0);
            reader.out.close(why);
            reader.writeAll();
            relay.disconnect(reader.out);
        }
        assertThat(relay.streams().size()).isZero();
        assertThat(relay.streams().bytes()).isZero();
    }

    @Test
    void when_running_streams_exceed_the_memory_live_readers_continue_and_first_events_are_evicted() {
        Relay small = new Relay(Windows.of(200_000, 60_000, 60_000));
        Reader reader = connected(small, new Reader(ADA));
        small.attach(reader.out, STREAM, SESSION, 0);
        for (long seq = 0; seq < 99; seq++) {
            EventRecord large = new EventRecord("some_type", new byte[4_096], 0);
            small.onEvent(Log.next(), Log.head(SESSION, "m1", Log.entry(seq, 100)), large, 0);
            reader.writeAll();
        }
        assertThat(small.streams().bytes()).isLessThanOrEqualTo(200_000);
        assertThat(reader.events).hasSize(99);
        assertThat(reader.closedFor).isNull();
        Reader late = connected(small, new Reader(ADA));
        assertThat(small.resume(late.out, STREAM, -1)).isEqualTo(ResumeResult.EVICTED);
        assertThat(small.resume(late.out, STREAM, 90)).isEqualTo(ResumeResult.RESUMED);
        assertThat(late.writeAll().events).hasSize(8);
    }

    @Test
    void a_connection_that_leaves_gets_no_more_of_a_past_stream_either() {
        Reader reader = connected(relay, new Reader(ADA));
        relay.resumePast(reader.out, finished("m1", 4), -1);
        reader.write(1);
        relay.leave(reader.out, SESSION);
        assertThat(reader.writeAll().all).containsExactly("m1#0");
    }

    private static BufferedStream finished(String message, int length) {
        StreamLog log = StreamLog.EMPTY;
        List<EventRecord> records = new ArrayList<>();
        for (long seq = 0; seq < length; seq++) {
            if (log.accept(Log.entry(seq, length)) instanceof Verdict.Accepted accepted) {
                log = accepted.after();
            }
            records.add(Log.value(message, seq));
        }
        return BufferedStream.past(new StreamId(ADA, new MessageId(message)), SESSION, log, 0, records, share(1));
    }

    private static void append(Relay to, String message, long seq, long length) {
        to.onEvent(Log.next(), Log.head(SESSION, message, Log.entry(seq, length)), Log.value(message, seq), 0);
    }
}
