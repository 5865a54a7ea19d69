package dev.parley.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.stream.StreamAddress;
import dev.parley.schema.event.ChatEvent.StreamReleased;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import dev.parley.service.kafka.AppendHealth;
import dev.parley.service.kafka.AppendProbe;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class KafkaAppenderTest {

    private static final StreamAddress PARTITION_5 = new StreamAddress(5, SessionKey.of("ada", "s"), null, 7);

    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    private final AtomicLong now = new AtomicLong();
    private final BlockingQueue<Boolean> told = new LinkedBlockingQueue<>();
    private final AppendHealth health = new AppendHealth(Topics.EVENTS, now::get, told::add);
    private final KafkaAppender appender = new KafkaAppender(producer, "w", health);

    @Test
    void a_probe_is_a_keepalive_without_effect_under_the_key_that_failed_last() {
        fail();
        producer.sendException = null;

        assertThat(appender.probe()).isCompleted();

        ProducerRecord<String, byte[]> sent = producer.history().getLast();
        assertThat(sent.partition()).isEqualTo(5);
        assertThat(sent.key()).isEqualTo("ada/s"); // each key is in one partition only
        EventHead head = EventHead.of(read(sent));
        assertThat(head)
                .isInstanceOfSatisfying(
                        EventHead.OfStream.class, it -> assertThat(it.entry()).isInstanceOf(Entry.Keepalive.class));
        assertThat(StreamLog.EMPTY.accept(((EventHead.OfStream) head).entry())).isInstanceOf(Verdict.Dropped.class);
    }

    /** The worker starts nothing while it cannot append, so only the probe finds out that it can again. */
    @Test
    void a_worker_that_could_not_append_can_again_when_the_brokers_are_back() throws Exception {
        try (var _ = new AppendProbe("probe", health, appender::probe)) {
            while (health.reason().isEmpty()) {
                fail();
                now.addAndGet(Duration.ofSeconds(2).toNanos());
            }
            assertThat(told.poll(10, TimeUnit.SECONDS)).isFalse();

            producer.sendException = null;
            now.addAndGet(Duration.ofSeconds(2).toNanos());

            assertThat(told.poll(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void fail() {
        producer.sendException = new TimeoutException("no broker");
        var unused =
                appender.control(PARTITION_5, new Claim(1, "a"), 0, new StreamReleased(new MessageId("m"), "shutdown"));
    }

    private static ConsumerRecord<String, byte[]> read(ProducerRecord<String, byte[]> sent) {
        var record = new ConsumerRecord<>(sent.topic(), 5, 0, sent.key(), sent.value());
        sent.headers().forEach(record.headers()::add);
        return record;
    }
}
