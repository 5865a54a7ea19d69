package dev.parley.projection.reader;

import dev.parley.schema.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Records that cannot be read, on their way to {@code chat.events.dlt}: key, value and headers as they were, and why and whence in
 * headers of our own. Held until the broker has them. Not thread-safe.
 */
final class DeadLetters {

    static final String ERROR = "parley_dlt_error";
    static final String TOPIC = "parley_dlt_topic";
    static final String PARTITION = "parley_dlt_partition";
    static final String OFFSET = "parley_dlt_offset";
    static final String TIMESTAMP = "parley_dlt_timestamp_ms";

    private final Producer<String, byte[]> producer;
    private final List<ProducerRecord<String, byte[]>> held = new ArrayList<>();

    DeadLetters(Producer<String, byte[]> producer) {
        this.producer = producer;
    }

    void hold(ConsumerRecord<String, byte[]> record, String error) {
        Headers headers = new RecordHeaders(record.headers().toArray())
                .add(ERROR, utf8(error))
                .add(TOPIC, utf8(record.topic()))
                .add(PARTITION, utf8(String.valueOf(record.partition())))
                .add(OFFSET, utf8(String.valueOf(record.offset())))
                .add(TIMESTAMP, utf8(String.valueOf(record.timestamp())));
        held.add(new ProducerRecord<>(Topics.EVENTS_DLT, null, null, record.key(), record.value(), headers));
    }

    /**
     * Returns when the broker has all that was held.
     *
     * @return how many that were
     * @throws KafkaException if it does not take them; they are held on
     */
    int deliver() {
        if (held.isEmpty()) {
            return 0;
        }
        List<Future<RecordMetadata>> sent = held.stream().map(producer::send).toList();
        for (Future<RecordMetadata> each : sent) {
            await(each);
        }
        int delivered = held.size();
        held.clear();
        return delivered;
    }

    private static void await(Future<RecordMetadata> sent) {
        try {
            sent.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        } catch (ExecutionException e) {
            throw new KafkaException("not delivered", e.getCause());
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
