package dev.parley.service.kafka.deadletter;

import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.ProducerKind;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaOperations;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer.HeaderNames.HeadersToAdd;
import org.springframework.kafka.support.ProducerListener;

/**
 * Writes records that cannot be read to a dead-letter topic with spring-kafka's {@link DeadLetterPublishingRecoverer}. Key, value and headers
 * are unchanged. The headers {@code kafka_dlt-*} are added: the reason ({@code exception-message}) and the record's position ({@code
 * original-topic}, {@code original-partition}, {@code original-offset}, {@code original-timestamp}).
 *
 * <p>Its producer is created for the first dead letter, because most processes never have one. Thread-safe.
 */
public final class DeadLetterPublisher implements AutoCloseable {

    private static final int ANY_PARTITION = -1;

    private final DefaultKafkaProducerFactory<String, byte[]> producers;
    private final DeadLetterPublishingRecoverer recoverer;

    /** The recoverer blocks until the broker has answered. */
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("dead-letter-", 0).factory());

    /** Carries the reason why a record cannot be read. */
    private static final class UnreadableRecordException extends RuntimeException {

        private static final long serialVersionUID = 1;

        UnreadableRecordException(String reason) {
            super(reason, null, false, false);
        }
    }

    private static final class Measured implements ProducerFactory.Listener<String, byte[]> {

        private final KafkaClients clients;
        private final Map<String, KafkaClientMetrics> metrics = new ConcurrentHashMap<>();

        Measured(KafkaClients clients) {
            this.clients = clients;
        }

        @Override
        public void producerAdded(String id, Producer<String, byte[]> producer) {
            metrics.put(id, clients.bind(producer));
        }

        @Override
        public void producerRemoved(String id, Producer<String, byte[]> producer) {
            KafkaClientMetrics bound = metrics.remove(id);
            if (bound != null) {
                bound.close();
            }
        }
    }

    /** Reports the cause also of a send that fails at once. */
    private static final class Recoverer extends DeadLetterPublishingRecoverer {

        Recoverer(
                KafkaOperations<?, ?> template,
                BiFunction<ConsumerRecord<?, ?>, Exception, TopicPartition> destination) {
            super(template, destination);
        }

        @Override
        protected void publish(
                ProducerRecord<Object, Object> letter,
                KafkaOperations<Object, Object> template,
                ConsumerRecord<?, ?> record) {
            verifySendResult(template, letter, template.send(letter), record);
        }
    }

    /**
     * @param clients has the settings of its producer, and registers its metrics
     * @param kind of its producer
     * @param suffix is appended to the name of a record's topic: the topic of its dead letters
     */
    public static DeadLetterPublisher of(KafkaClients clients, ProducerKind kind, String suffix) {
        var producers = new DefaultKafkaProducerFactory<>(
                clients.settings(kind), new StringSerializer(), new ByteArraySerializer());
        producers.addListener(new Measured(clients));
        producers.setPhysicalCloseTimeout(0);
        return new DeadLetterPublisher(producers, suffix);
    }

    /**
     * @param producers are destroyed with it
     * @param suffix as above
     */
    public DeadLetterPublisher(DefaultKafkaProducerFactory<String, byte[]> producers, String suffix) {
        this.producers = producers;
        KafkaTemplate<String, byte[]> template = new KafkaTemplate<>(producers);
        template.setProducerListener(
                new ProducerListener<>() {}); // the default one logs the key, which contains the user
        this.recoverer =
                new Recoverer(template, (record, _) -> new TopicPartition(record.topic() + suffix, ANY_PARTITION));
        recoverer.excludeHeader(HeadersToAdd.EX_CAUSE, HeadersToAdd.EX_STACKTRACE);
    }

    /**
     * Does not block. A record that is too large to be written again is written without its value, and the reason mentions it. Records that are
     * published concurrently may be written in any order.
     *
     * @param reason must not repeat any text of the record
     * @return completes when the broker has acknowledged the dead letter; fails with a {@link KafkaException} if it has not, in which case the
     *     dead letter may have been written all the same
     */
    public CompletableFuture<Void> publish(ConsumerRecord<String, byte[]> record, String reason) {
        return CompletableFuture.runAsync(() -> put(record, reason), threads);
    }

    private void put(ConsumerRecord<String, byte[]> record, String reason) {
        try {
            recoverer.accept(record, null, new UnreadableRecordException(reason));
        } catch (KafkaException e) {
            if (record.value() == null || !e.contains(RecordTooLargeException.class)) {
                throw e;
            }
            put(withoutValue(record), reason + "; its value is too large to be kept");
        }
    }

    private static ConsumerRecord<String, byte[]> withoutValue(ConsumerRecord<String, byte[]> record) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                record.serializedKeySize(),
                ConsumerRecord.NULL_SIZE,
                record.key(),
                null,
                record.headers(),
                record.leaderEpoch());
    }

    /** Does not block. Publications that are not acknowledged yet fail, although they may have been written. */
    @Override
    public void close() {
        threads.shutdownNow();
        producers.destroy();
    }
}
