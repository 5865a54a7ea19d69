package dev.parley.schema.kafka;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer.HeaderNames.HeadersToAdd;
import org.springframework.kafka.support.ProducerListener;

/**
 * Puts records that nobody can read into the topic beside their own, by spring-kafka's {@link DeadLetterPublishingRecoverer}: key,
 * value and headers as they were, and its headers {@code kafka_dlt-*}, which say why ({@code exception-message}) and where the record
 * stood ({@code original-topic}, {@code original-partition}, {@code original-offset}, {@code original-timestamp}).
 *
 * <p>Its producer is made for the first of them: most processes never see one. Thread-safe.
 */
public final class DeadLetterPublisher implements AutoCloseable {

    private static final int ANY_PARTITION = -1;

    private final DefaultKafkaProducerFactory<String, byte[]> producers;
    private final DeadLetterPublishingRecoverer recoverer;

    /** The recoverer waits for the broker. */
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("dead-letter-", 0).factory());

    /** Why a record cannot be read. Made for its message alone. */
    private static final class UnreadableRecordException extends RuntimeException {

        private static final long serialVersionUID = 1;

        UnreadableRecordException(String reason) {
            super(reason, null, false, false);
        }
    }

    /** @param config of its producer, without serializers */
    public static DeadLetterPublisher of(Map<String, Object> config) {
        var producers = new DefaultKafkaProducerFactory<>(config, new StringSerializer(), new ByteArraySerializer());
        producers.setPhysicalCloseTimeout(0);
        return new DeadLetterPublisher(producers);
    }

    /** @param producers are destroyed with it */
    public DeadLetterPublisher(DefaultKafkaProducerFactory<String, byte[]> producers) {
        this.producers = producers;
        KafkaTemplate<String, byte[]> template = new KafkaTemplate<>(producers);
        template.setProducerListener(new ProducerListener<>() {}); // the default one logs the key, and so the user
        this.recoverer = new DeadLetterPublishingRecoverer(
                template, (record, _) -> new TopicPartition(record.topic() + Topics.DLT_SUFFIX, ANY_PARTITION));
        recoverer.excludeHeader(HeadersToAdd.EX_CAUSE, HeadersToAdd.EX_STACKTRACE);
    }

    /**
     * Waits for nothing. Those that are published side by side may come to stand in any order: each says where it stood.
     *
     * @param reason in words that repeat nothing of the record's texts
     * @return done when the broker has it; it fails with a {@link KafkaException} if the broker did not take it, as far as is known
     */
    public CompletableFuture<Void> publish(ConsumerRecord<String, byte[]> record, String reason) {
        var failure = new UnreadableRecordException(reason);
        return CompletableFuture.runAsync(() -> recoverer.accept(record, null, failure), threads);
    }

    /** Waits for nothing: what is not done by then fails, whether or not the broker has it. */
    @Override
    public void close() {
        threads.shutdownNow();
        producers.destroy();
    }
}
