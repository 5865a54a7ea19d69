package dev.parley.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.prompt.PastTurn;
import dev.parley.providers.ModelMessage;
import dev.parley.providers.ProviderException;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.StreamResumed;
import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.schema.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.support.KafkaHeaders;

@WithBackends
class WorkerIT {
    private final TestWorkers workers;
    private final Backends backends;

    WorkerIT(Backends backends) {
        this.backends = backends;
        this.workers = new TestWorkers(backends.bootstrapServers());
    }

    @AfterEach
    void closeWorkers() throws Exception {
        workers.close();
    }

    private TestLog user() {
        return new TestLog(backends.bootstrapServers(), Backends.unique("user"));
    }

    private TestLog userIn(int partition) {
        while (true) {
            TestLog found = user();
            if (found.partition() == partition) {
                return found;
            }
            found.close();
        }
    }

    @Test
    void a_message_becomes_a_stream_without_a_gap_and_with_its_digest() throws Exception {
        FakeModel model = workers.start().model();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            FakeModel.Call call = model.awaitCall();
            call.say("Hel").say("lo ").say("😀");
            log.await("m1", stream -> stream.text().equals("Hello 😀"));
            call.finish();

            TestLog.Stream stream = log.awaitEnd("m1");
            StreamComplete end = stream.last(StreamComplete.class);
            assertThat(stream.events)
                    .extracting(StreamEvent::seq)
                    .containsExactlyElementsOf(
                            LongStream.range(0, stream.events.size()).boxed().toList());
            assertThat(end.fullContent()).isEqualTo("Hello 😀");
            assertThat(end.contentSha256()).isEqualTo(sha256("Hello 😀"));
            assertThat(call.request().messages().getLast().text()).isEqualTo("Hello?");
        }
    }

    @Test
    void a_stop_closes_the_model_and_keeps_the_text() throws Exception {
        TestWorkers.Member worker = workers.start();
        FakeModel model = worker.model();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            FakeModel.Call call = model.awaitCall().say("half");
            log.await("m1", stream -> stream.has(ContentChunk.class));
            log.stop("s", "m1");
            log.stop("s", "m1");

            GenerationStopped end = log.awaitEnd("m1").last(GenerationStopped.class);
            assertThat(end.partialContent()).isEqualTo("half");
            assertThat(end.reason()).isEqualTo(StopReason.USER_CANCELLED);
            assertThat(call.awaitClosed()).isTrue();
            worker.awaitStopLatencies(1);
        }
    }

    @Test
    void a_failing_model_ends_the_stream_with_its_partial_text() throws Exception {
        FakeModel model = workers.start().model();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            model.awaitCall().say("half").fail(ProviderException.Kind.UNAVAILABLE);

            StreamError end = log.awaitEnd("m1").last(StreamError.class);
            assertThat(end.partialContent()).isEqualTo("half");
            assertThat(end.error().code()).isEqualTo(ErrorCode.AI_PROVIDER_UNAVAILABLE);
        }
    }

    @Test
    void a_stop_before_its_message_ends_it_without_asking_the_model() throws Exception {
        TestWorkers.Member worker = workers.start();
        FakeModel model = worker.model();
        try (TestLog log = user()) {
            log.stop("s", "m1");
            log.ask("s", "m1", "Hello?");

            TestLog.Stream stream = log.awaitEnd("m1");
            assertThat(stream.events).hasSize(2);
            assertThat(stream.last(GenerationStopped.class).partialContent()).isEmpty();
            assertThat(model.calls()).isZero();
            worker.awaitStopLatencies(1);
        }
    }

    @Test
    void the_same_message_three_times_asks_the_model_once() throws Exception {
        FakeModel model = workers.start().model();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            log.ask("s", "m1", "Hello again?");
            log.ask("other", "m1", "Hello?");
            model.awaitCall().say("Once.").finish();
            log.awaitEnd("m1");
            log.ask("s", "m1", "Hello?");
            log.ask("s", "m2", "And now?");
            model.awaitCall().say("Twice.").finish();

            assertThat(log.awaitEnd("m2").text()).isEqualTo("Twice.");
            assertThat(log.stream("m1").dropped).isZero();
            assertThat(model.calls()).isEqualTo(2);
        }
    }

    @Test
    void messages_of_a_session_are_answered_in_turn_with_the_earlier_ones_as_history() throws Exception {
        FakeModel model = workers.start().model();
        try (TestLog log = user()) {
            log.ask("s", "m1", "One?");
            log.ask("s", "m2", "Two?");
            log.ask("other", "m3", "Three?");
            Map<String, FakeModel.Call> calls =
                    new HashMap<>(); // two writers that begin together may ask in either order
            for (FakeModel.Call call : List.of(model.awaitCall(), model.awaitCall())) {
                calls.put(call.request().messages().getLast().text(), call);
            }
            assertThat(calls).containsOnlyKeys("One?", "Three?");
            Objects.requireNonNull(calls.get("Three?")).say("3").finish();
            Objects.requireNonNull(calls.get("One?")).say("1").finish();
            FakeModel.Call two = model.awaitCall();
            two.say("2").finish();

            log.awaitEnd("m2");
            log.awaitEnd("m3");
            assertThat(two.request().messages())
                    .extracting(ModelMessage::text)
                    .containsExactly("Be kind.", "One?", "1", "Two?");
        }
    }

    @Test
    void a_message_that_interrupts_ends_the_one_before() throws Exception {
        FakeModel model = workers.start().model();
        try (TestLog log = user()) {
            log.ask("s", "m1", "One?");
            model.awaitCall().say("half");
            log.await("m1", stream -> stream.has(ContentChunk.class));
            log.ask("s", "m2", "Two?", OnBusy.INTERRUPT);
            model.awaitCall().say("2").finish();

            log.awaitEnd("m2");
            assertThat(log.awaitEnd("m1").last(GenerationStopped.class).reason())
                    .isEqualTo(StopReason.INTERRUPTED);
        }
    }

    @Test
    void a_message_that_does_not_want_to_wait_is_refused() throws Exception {
        FakeModel model = workers.start().model();
        try (TestLog log = user()) {
            log.ask("s", "m1", "One?");
            FakeModel.Call one = model.awaitCall();
            log.ask("s", "m2", "Two?", OnBusy.REJECT);

            assertThat(log.awaitEnd("m2").last(StreamError.class).error().code())
                    .isEqualTo(ErrorCode.SESSION_BUSY);
            one.say("1").finish();
            log.awaitEnd("m1");
        }
    }

    @Test
    void a_user_has_no_more_streams_at_once_than_allowed() throws Exception {
        FakeModel model = workers.start().model();
        try (TestLog log = user()) {
            for (int i = 0; i <= TestWorkers.MAX_STREAMS; i++) {
                log.ask("s" + i, "m" + i, "Hello?");
            }
            String last = "m" + TestWorkers.MAX_STREAMS;
            assertThat(log.awaitEnd(last).last(StreamError.class).error().code())
                    .isEqualTo(ErrorCode.TOO_MANY_STREAMS);
            for (int i = 0; i < TestWorkers.MAX_STREAMS; i++) {
                model.awaitCall().say("ok").finish();
            }
            for (int i = 0; i < TestWorkers.MAX_STREAMS; i++) {
                assertThat(log.awaitEnd("m" + i).text()).isEqualTo("ok");
            }
        }
    }

    @Test
    void when_a_worker_dies_another_one_continues_the_text() throws Exception {
        TestWorkers.Member first = workers.start();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            first.model().awaitCall().say("one ");
            log.await("m1", stream -> stream.text().equals("one "));
            first.worker().crash();
            TestWorkers.Member second = workers.start();
            FakeModel.Call call = second.model().awaitCall();
            call.say("two").finish();

            TestLog.Stream stream = log.awaitEnd("m1");
            assertThat(call.request().answerSoFar()).isEqualTo("one ");
            assertThat(call.request().model()).isEqualTo("fake-1, resumed");
            assertThat(stream.has(StreamResumed.class)).isTrue();
            assertThat(stream.last(StreamComplete.class).fullContent()).isEqualTo("one two");
            assertThat(stream.last(StreamComplete.class).metadata().attempts()).isEqualTo(2);
        }
    }

    @Test
    void a_standby_takes_over_within_a_lease_and_a_little() throws Exception {
        TestWorkers.Member first = workers.start();
        TestWorkers.Member second = workers.start();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            TestWorkers.Member owner = workers.awaitFirstAsked();
            TestWorkers.Member standby = owner == first ? second : first;
            owner.model().awaitCall().say("one ");
            log.await("m1", stream -> stream.text().equals("one "));
            owner.worker().crash();
            long died = System.nanoTime();
            standby.model().awaitCall().say("two").finish();
            log.await("m1", stream -> stream.has(StreamResumed.class));
            Duration gap = Duration.ofNanos(System.nanoTime() - died);

            assertThat(log.awaitEnd("m1").text()).isEqualTo("one two");
            assertThat(gap).isLessThan(TestWorkers.LEASE.multipliedBy(2));
        }
    }

    @Test
    void with_two_readers_a_partition_the_standby_takes_over_and_another_becomes_standby() throws Exception {
        for (int i = 0; i < 3; i++) {
            workers.start(Worker.Tail.OWN);
        }
        workers.awaitRead(2 * TestLog.PARTITIONS);
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            TestWorkers.Member owner = workers.awaitFirstAsked();
            owner.model().awaitCall().say("one ");
            log.await("m1", stream -> stream.text().equals("one "));
            owner.worker().crash();
            long died = System.nanoTime();
            TestWorkers.Member standby = workers.awaitAskedBesides(owner);
            Duration gap = Duration.ofNanos(System.nanoTime() - died);
            standby.model().awaitCall().say("two").finish();

            assertThat(log.awaitEnd("m1").text()).isEqualTo("one two");
            assertThat(gap).isLessThan(TestWorkers.LEASE.multipliedBy(2));

            workers.closeQuietly(standby, Duration.ZERO);
            log.ask("s", "m2", "And now?");
            workers.awaitAskedBesides(owner, standby)
                    .model()
                    .awaitCall()
                    .say("three")
                    .finish();
            assertThat(log.awaitEnd("m2").text()).isEqualTo("three");
        }
    }

    @Test
    void if_so_configured_a_stream_whose_worker_died_fails_with_its_text() throws Exception {
        TestWorkers.Member first = workers.start();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            first.model().awaitCall().say("one ");
            log.await("m1", stream -> stream.text().equals("one "));
            first.worker().crash();
            workers.start(TestWorkers.LEASE, false, 100);

            StreamError end = log.awaitEnd("m1").last(StreamError.class);
            assertThat(end.error().code()).isEqualTo(ErrorCode.WORKER_LOST);
            assertThat(end.partialContent()).isEqualTo("one ");
        }
    }

    @Test
    void a_stop_reaches_a_stream_whose_worker_died() throws Exception {
        TestWorkers.Member first = workers.start();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            first.model().awaitCall().say("one ");
            log.await("m1", stream -> stream.text().equals("one "));
            first.worker().crash();
            log.stop("s", "m1");
            TestWorkers.Member second = workers.start();

            assertThat(log.awaitEnd("m1").last(GenerationStopped.class).partialContent())
                    .isEqualTo("one ");
            assertThat(second.model().calls()).isZero();
            second.awaitStopLatencies(1);
        }
    }

    @Test
    void a_leaving_worker_finishes_its_streams_and_the_other_takes_new_messages() throws Exception {
        TestWorkers.Member first = workers.start();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            FakeModel.Call call = first.model().awaitCall().say("one ");
            log.await("m1", stream -> stream.text().equals("one "));
            TestWorkers.Member second = workers.start();
            Thread leaving = Thread.ofVirtual().start(() -> workers.closeQuietly(first, Duration.ofSeconds(20)));
            log.ask("new", "m2", "Hello?");
            second.model().awaitCall().say("new").finish();
            log.awaitEnd("m2");
            call.say("two").finish();

            TestLog.Stream stream = log.awaitEnd("m1");
            leaving.join();
            assertThat(stream.text()).isEqualTo("one two");
            assertThat(stream.has(StreamResumed.class)).isFalse();
        }
    }

    @Test
    void new_messages_do_not_wait_for_a_lease_or_a_heartbeat_when_a_worker_leaves() throws Exception {
        Duration lease = Duration.ofSeconds(30);
        workers.withDefaultHeartbeats();
        TestWorkers.Member first = workers.start(lease, true, 100);
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            FakeModel.Call call = first.model().awaitCall().say("one ");
            log.await("m1", stream -> stream.text().equals("one "));
            TestWorkers.Member second = workers.start(lease, true, 100);
            Thread leaving = Thread.ofVirtual().start(() -> workers.closeQuietly(first, Duration.ofSeconds(20)));
            log.awaitLeft(first.id());
            for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
                try (TestLog other = userIn(partition)) {
                    long asked = System.nanoTime();
                    other.ask("new", "m2", "Hello?");
                    second.model().awaitCall().say("new").finish();
                    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(3));
                    other.awaitEnd("m2");
                }
            }
            call.say("two").finish();
            log.awaitEnd("m1");
            leaving.join();
        }
    }

    @Test
    void when_an_owner_has_died_only_the_first_message_waits_for_a_lease() throws Exception {
        TestWorkers.Member first = workers.start();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            first.model().awaitCall().say("1").finish();
            log.awaitEnd("m1");
            first.worker().crash();
            TestWorkers.Member second = workers.start();
            log.ask("s", "m2", "Hello?");
            second.model().awaitCall().say("2").finish();
            log.awaitEnd("m2");
            long asked = System.nanoTime();
            log.ask("s", "m3", "Hello?");
            second.model().awaitCall().say("3").finish();

            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(TestWorkers.LEASE);
            log.awaitEnd("m3");
        }
    }

    @Test
    void a_stop_overtakes_messages_that_wait_for_room() throws Exception {
        FakeModel model = workers.start(new Worker.Bounds(2, 1_000_000)).model();
        try (TestLog log = user()) {
            log.ask("a", "m1", "One?");
            FakeModel.Call one = model.awaitCall().say("half");
            log.await("m1", stream -> stream.has(ContentChunk.class));
            for (int n = 2; n < 30; n++) {
                log.ask("a", "m" + n, "More?");
            }
            log.stop("a", "m1");
            assertThat(log.awaitEnd("m1").last(GenerationStopped.class).partialContent())
                    .isEqualTo("half");
            assertThat(one.awaitClosed()).isTrue();
            for (int n = 2; n < 30; n++) {
                model.awaitCall().say("more").finish();
                assertThat(log.awaitEnd("m" + n).text()).isEqualTo("more");
            }
            assertThat(model.calls()).isEqualTo(29);
        }
    }

    @Test
    void a_worker_that_does_not_finish_in_time_hands_its_streams_over() throws Exception {
        TestWorkers.Member first = workers.start(Duration.ofSeconds(15), true, 100);
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            first.model().awaitCall().say("one ");
            log.await("m1", stream -> stream.text().equals("one "));
            TestWorkers.Member second = workers.start(Duration.ofSeconds(15), true, 100);
            long left = System.nanoTime();
            workers.closeQuietly(first, Duration.ZERO);
            second.model().awaitCall().say("two").finish();

            assertThat(log.awaitEnd("m1").text()).isEqualTo("one two");
            assertThat(Duration.ofNanos(System.nanoTime() - left)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void a_stream_that_began_since_the_last_status_is_handed_over_too() throws Exception {
        Duration lease = Duration.ofSeconds(15);
        TestWorkers.Member first = workers.start(lease, true, 100);
        try (TestLog log = user()) {
            first.clock().stand();
            log.ask("s", "m1", "Hello?");
            first.model().awaitCall().say("one ");
            log.await("m1", stream -> stream.text().equals("one "));
            TestWorkers.Member second = workers.start(lease, true, 100);
            long left = System.nanoTime();
            workers.closeQuietly(first, Duration.ZERO);
            second.model().awaitCall().say("two").finish();

            assertThat(log.awaitEnd("m1").text()).isEqualTo("one two");
            assertThat(Duration.ofNanos(System.nanoTime() - left)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void with_no_room_messages_wait_by_priority() throws Exception {
        FakeModel model = workers.start(TestWorkers.LEASE, true, 1).model();
        try (TestLog log = user()) {
            log.ask("a", "m1", "One?");
            FakeModel.Call one = model.awaitCall();
            log.ask("b", "m2", "Low?", OnBusy.ENQUEUE, Priority.LOW);
            log.ask("c", "m3", "Critical?", OnBusy.ENQUEUE, Priority.CRITICAL);
            log.stop("d", "none"); // when this stream has ended, the commands before it are known
            log.ask("a", "m4", "Busy?", OnBusy.REJECT);
            log.awaitEnd("m4");
            one.say("1").finish();
            FakeModel.Call next = model.awaitCall();

            assertThat(next.request().messages().getLast().text()).isEqualTo("Critical?");
            next.say("3").finish();
            model.awaitCall().say("2").finish();
            log.awaitEnd("m2");
            log.awaitEnd("m3");
            log.awaitEnd("m1");
        }
    }

    @Test
    void a_deleted_conversation_is_stopped_forgotten_and_marked_once() throws Exception {
        FakeModel model = workers.start().model();
        try (TestLog log = user()) {
            log.ask("s", "m1", "One?");
            model.awaitCall().say("half");
            log.await("m1", stream -> stream.has(ContentChunk.class));
            log.delete("s");
            log.ask("s", "m2", "Two?");
            FakeModel.Call two = model.awaitCall();
            two.say("2").finish();

            log.awaitEnd("m2");
            assertThat(log.awaitEnd("m1").last(GenerationStopped.class).reason())
                    .isEqualTo(StopReason.INTERRUPTED);
            assertThat(log.deletions).isEqualTo(1);
            assertThat(two.request().messages()).extracting(ModelMessage::text).containsExactly("Be kind.", "Two?");
        }
    }

    @Test
    void a_command_that_cannot_be_read_is_a_dead_letter_and_the_others_are_answered() throws Exception {
        TestWorkers.Member worker = workers.start();
        try (TestLog log = user()) {
            String key = Backends.unique("poison") + "/s";
            log.send(new ProducerRecord<>(
                    Topics.COMMANDS, log.partition(), key, "{not json".getBytes(StandardCharsets.UTF_8)));
            log.ask("s", "m1", "Hello?");
            worker.model().awaitCall().say("ok").finish();

            assertThat(log.awaitEnd("m1").text()).isEqualTo("ok");
            ConsumerRecord<String, byte[]> kept = log.awaitDeadLetter(key);
            assertThat(kept.value()).isEqualTo("{not json".getBytes(StandardCharsets.UTF_8));
            assertThat(CloudEventHeaders.text(kept.headers(), KafkaHeaders.DLT_EXCEPTION_MESSAGE))
                    .contains("JSON");
            assertThat(worker.meters()
                            .counter("parley.engine.records.unreadable", "topic", Topics.COMMANDS)
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void the_classic_group_protocol_works_too() throws Exception {
        TestWorkers classic = new TestWorkers(backends.bootstrapServers(), "classic");
        TestWorkers.Member first = classic.start(); // it makes the topics
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            FakeModel.Call call = first.model().awaitCall().say("one ");
            log.await("m1", stream -> stream.text().equals("one "));
            TestWorkers.Member second = classic.start();
            classic.closeQuietly(first, Duration.ZERO);
            second.model().awaitCall().say("two").finish();

            assertThat(log.awaitEnd("m1").text()).isEqualTo("one two");
            assertThat(call.awaitClosed()).isTrue();
        } finally {
            classic.close();
        }
    }

    @Test
    void a_repeat_of_a_message_from_before_the_log_gets_no_second_answer() throws Exception {
        workers.closeQuietly(workers.start(), Duration.ZERO); // it creates the topics
        try (TestLog log = user()) {
            log.stop("s", "gone");
            log.deleteCommands();
            FakeModel model = workers.start().model();
            TestWorkers.HISTORY.turns.add(new PastTurn(log.id("old"), "Long ago?", "Yes."));
            log.ask("s", "old", "Long ago?");
            log.ask("s", "m1", "Hello?");
            FakeModel.Call call = model.awaitCall();
            call.say("ok").finish();

            log.awaitEnd("m1");
            assertThat(log.stream("old").events).isEmpty();
            assertThat(call.request().messages())
                    .extracting(ModelMessage::text)
                    .containsExactly("Be kind.", "Long ago?", "Yes.", "Hello?");
        }
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
