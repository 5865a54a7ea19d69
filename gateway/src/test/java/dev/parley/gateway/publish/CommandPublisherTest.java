package dev.parley.gateway.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.settings.PublishSettings;
import dev.parley.gateway.testkit.Await;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.kafka.AppendHealth;
import dev.parley.service.startup.RequiredThreads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommandPublisherTest {

    private static final int MAX_WAIT_MS = 100;

    private final SlowProducer producer = new SlowProducer();
    private final AppendHealth health = new AppendHealth(Topics.COMMANDS, System::nanoTime, _ -> {});
    private final CommandPublisher publisher = new CommandPublisher(
            producer,
            new PublishSettings(
                    2,
                    Duration.ofMillis(MAX_WAIT_MS),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(700),
                    OnBusy.ENQUEUE),
            health);

    @AfterEach
    void close() {
        producer.mayContinue.countDown();
        publisher.close();
    }

    @Test
    void a_command_is_acknowledged_when_the_broker_has_it_and_not_before() throws Exception {
        publisher.topicsReady(4);
        CompletableFuture<PublishResult> outcome = publish("m");
        assertThat(producer.sent.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(outcome).isNotDone();
        producer.completeWhenThere(null);
        assertThat(outcome.get(5, TimeUnit.SECONDS)).isInstanceOf(PublishResult.Acknowledged.class);
        assertThat(producer.history().getFirst().key()).isEqualTo("ada/s");
    }

    @Test
    void a_failed_or_late_send_is_unavailable_with_the_time_to_retry() throws Exception {
        publisher.topicsReady(4);
        CompletableFuture<PublishResult> outcome = publish("m");
        producer.completeWhenThere(new TimeoutException("late"));
        Refusal refusal = refusal(outcome);
        assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refusal.retryAfterMs()).isEqualTo(700);
    }

    @Test
    void a_publisher_whose_thread_ends_ends_the_process() throws Exception {
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        publisher.neededBy(new RequiredThreads(ended::complete)).topicsReady(4);
        producer.throwsError = true;

        CompletableFuture<PublishResult> unused = publish("m");

        assertThat(ended.get(5, TimeUnit.SECONDS)).isEqualTo(RequiredThreads.STATUS);
    }

    @Test
    void the_result_of_each_command_is_reported_to_the_health() throws Exception {
        publisher.topicsReady(4);
        CompletableFuture<PublishResult> refused = publish("m");
        producer.completeWhenThere(new TimeoutException("late"));
        refused.get(5, TimeUnit.SECONDS);
        Await.until("a probe is due", Duration.ofSeconds(5), health::isProbeDue);

        CompletableFuture<PublishResult> taken = publish("n");
        producer.completeWhenThere(null);
        taken.get(5, TimeUnit.SECONDS);
        assertThat(health.isProbeDue()).isFalse();
    }

    @Test
    void a_probe_is_a_stop_of_a_stream_that_does_not_exist() {
        publisher.topicsReady(4);
        CompletableFuture<?> probe = publisher.probe("g1", Instant.EPOCH);
        producer.completeWhenThere(null);

        assertThat(probe).isCompleted();
        ProducerRecord<String, byte[]> sent = producer.history().getFirst();
        assertThat(new String(sent.value(), StandardCharsets.UTF_8))
                .startsWith("{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"probe-");
        assertThat(sent.key()).startsWith("parley.probe/probe-");
    }

    @Test
    void topics_are_ready_when_the_producer_has_their_metadata() {
        producer.unreachable = 3;
        publisher.topicsReady(4);

        assertThat(producer.unreachable).isZero();
    }

    @Test
    void before_the_topics_are_known_every_command_is_refused_at_once() {
        assertThat(publish("m")).isCompleted();
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void while_a_send_blocks_the_queue_is_bounded_and_commands_that_waited_too_long_are_not_sent() throws Exception {
        publisher.topicsReady(4);
        producer.block = true;
        CompletableFuture<PublishResult> blocked = publish("blocked");
        assertThat(producer.sent.await(5, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<PublishResult> waiting = publish("waits");
        publish("waits too");
        assertThat(publish("one too many")).isCompleted();
        assertThat(waiting).isNotDone();
        long since = System.nanoTime();
        Await.until(
                "it waited too long", () -> System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(2 * MAX_WAIT_MS));
        producer.mayContinue.countDown();
        assertThat(refusal(waiting).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        producer.completeWhenThere(null);
        assertThat(blocked.get(5, TimeUnit.SECONDS)).isInstanceOf(PublishResult.Acknowledged.class);
        assertThat(producer.history()).hasSize(1);
    }

    @Test
    void a_send_that_throws_and_a_reply_that_fails_do_not_affect_later_commands() throws Exception {
        publisher.topicsReady(4);
        producer.failure = new IllegalStateException("fenced");
        assertThat(refusal(publish("m")).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        publisher.publish(command("broken"), "trace", _ -> {
            throw new IllegalStateException("a reply that fails");
        });
        assertThat(refusal(publish("after"))).isNotNull();
        producer.failure = null;
        CompletableFuture<PublishResult> fine = publish("fine");
        producer.completeWhenThere(null);
        assertThat(fine.get(5, TimeUnit.SECONDS)).isInstanceOf(PublishResult.Acknowledged.class);
    }

    private CompletableFuture<PublishResult> publish(String message) {
        CompletableFuture<PublishResult> outcome = new CompletableFuture<>();
        publisher.publish(command(message), "trace", outcome::complete);
        return outcome;
    }

    private static Refusal refusal(CompletableFuture<PublishResult> outcome) throws Exception {
        return ((PublishResult.Unavailable) outcome.get(5, TimeUnit.SECONDS)).refusal();
    }

    private static Command command(String message) {
        return new Command.StopGeneration(
                new MessageId(message.replace(' ', '-')),
                new SessionId("s"),
                new UserId("ada"),
                Instant.EPOCH,
                "gateway");
    }

    /** Completes sends when the test decides; may block in a send, as a real one does without brokers, or throw. */
    private static final class SlowProducer extends MockProducer<String, byte[]> {

        final CountDownLatch sent = new CountDownLatch(1);
        final CountDownLatch mayContinue = new CountDownLatch(1);
        volatile boolean block;
        volatile int unreachable;
        volatile @Nullable RuntimeException failure;
        volatile boolean throwsError;

        SlowProducer() {
            super(false, null, new StringSerializer(), new ByteArraySerializer());
        }

        @Override
        public List<PartitionInfo> partitionsFor(String topic) {
            if (unreachable > 0) {
                unreachable--;
                throw new TimeoutException("not there yet");
            }
            return List.of();
        }

        @Override
        public Future<RecordMetadata> send(ProducerRecord<String, byte[]> record, Callback callback) {
            if (throwsError) {
                throw new StackOverflowError("of the test");
            }
            RuntimeException wanted = failure;
            if (wanted != null) {
                throw wanted;
            }
            sent.countDown();
            if (block) {
                try {
                    assertThat(mayContinue.await(10, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return super.send(record, callback);
        }

        void completeWhenThere(@Nullable RuntimeException error) {
            Await.until("a send", () -> error == null ? completeNext() : errorNext(error));
        }
    }
}
