package dev.parley.gateway.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.chat.KnownMessageIds;
import dev.parley.gateway.chat.KnownMessageIds.IdState;
import dev.parley.gateway.testkit.Await;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.startup.RequiredThreads;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PastCommandsReaderTest {

    private static final UserId ADA = new UserId("ada");
    private static final TopicPartition ONLY = new TopicPartition(Topics.COMMANDS, 0);

    private final KnownMessageIds knownIds = new KnownMessageIds(1_000, () -> true);
    private final AtomicReference<@Nullable Map<Integer, Long>> tailStart = new AtomicReference<>();
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final List<Consumer<String, byte[]>> made = new ArrayList<>();
    private @Nullable PastCommandsReader reading;

    PastCommandsReaderTest() {
        knownIds.begin(1);
    }

    @AfterEach
    void close() {
        if (reading != null) {
            reading.close();
        }
    }

    private void start(java.util.function.Supplier<Consumer<String, byte[]>> consumers) {
        reading = new PastCommandsReader(
                () -> {
                    Consumer<String, byte[]> consumer = consumers.get();
                    made.add(consumer);
                    return consumer;
                },
                tailStart::get,
                knownIds,
                new RequiredThreads(ended::complete));
        reading.start();
    }

    @Test
    void an_id_is_new_only_when_the_commands_from_before_the_tail_are_read() {
        start(() -> log(3, List.of(chat(3, "m3"), chat(4, "m4"), chat(5, "of-the-tail"))));
        assertThat(state("m3")).isEqualTo(IdState.UNKNOWN);

        tailStart.set(Map.of(0, 5L));

        Await.until("all is read", () -> state("new") == IdState.NEW);
        assertThat(state("m3")).isEqualTo(IdState.DUPLICATE);
        assertThat(state("m4")).isEqualTo(IdState.DUPLICATE);
        assertThat(made).hasSize(1).allMatch(consumer -> ((MockConsumer<?, ?>) consumer).closed());
        assertThat(ended).as("it may end then").isNotDone();
    }

    @Test
    void an_empty_past_is_read_at_once() {
        start(() -> log(7, List.of()));
        tailStart.set(Map.of(0, 7L));
        Await.until("all is read", () -> state("new") == IdState.NEW);
    }

    @Test
    void unreadable_records_are_skipped() {
        start(() -> log(
                0,
                List.of(
                        new ConsumerRecord<>(
                                Topics.COMMANDS, 0, 0, "ada/s", "not json".getBytes(StandardCharsets.UTF_8)),
                        chat(1, "m1"))));
        tailStart.set(Map.of(0, 2L));
        Await.until("all is read", () -> state("new") == IdState.NEW);
        assertThat(state("m1")).isEqualTo(IdState.DUPLICATE);
    }

    @Test
    void a_failed_read_is_retried_from_where_it_stopped() {
        AtomicInteger tries = new AtomicInteger();
        start(() -> {
            if (tries.incrementAndGet() == 1) {
                MockConsumer<String, byte[]> broken = log(0, List.of(chat(0, "m0")));
                broken.schedulePollTask(() -> {});
                broken.schedulePollTask(() -> broken.setPollException(new KafkaException("of the test")));
                return broken;
            }
            return log(0, List.of(chat(1, "m1"))); // fails if offset 0 is read again
        });
        tailStart.set(Map.of(0, 2L));
        Await.until("all is read", () -> state("new") == IdState.NEW);
        assertThat(state("m0")).isEqualTo(IdState.DUPLICATE);
        assertThat(state("m1")).isEqualTo(IdState.DUPLICATE);
        assertThat(tries).hasValue(2);
    }

    @Test
    void an_error_that_does_not_come_from_kafka_ends_the_process() throws Exception {
        start(() -> {
            throw new NoClassDefFoundError("of the test");
        });
        tailStart.set(Map.of(0, 2L));
        assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo(RequiredThreads.STATUS);
        assertThat(state("new")).isEqualTo(IdState.UNKNOWN);
    }

    private IdState state(String message) {
        return knownIds.state(new StreamId(ADA, new MessageId(message)));
    }

    private static MockConsumer<String, byte[]> log(long begin, List<ConsumerRecord<String, byte[]>> records) {
        MockConsumer<String, byte[]> consumer = new MockConsumer<>("none");
        consumer.updateBeginningOffsets(Map.of(ONLY, begin));
        consumer.schedulePollTask(() -> records.forEach(consumer::addRecord));
        return consumer;
    }

    private static ConsumerRecord<String, byte[]> chat(long offset, String message) {
        ProducerRecord<String, byte[]> sent = CommandRecords.of(
                new Command.ChatStream(
                        new MessageId(message),
                        new SessionId("s"),
                        ADA,
                        "hello",
                        ChatContext.NONE,
                        OnBusy.ENQUEUE,
                        Priority.MEDIUM,
                        Instant.EPOCH,
                        "gateway"),
                1,
                null);
        return new ConsumerRecord<>(Topics.COMMANDS, 0, offset, sent.key(), sent.value());
    }
}
