package dev.parley.projection.reader;

import dev.parley.schema.kafka.DeadLetterRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/** Records that cannot be read, on their way to {@code chat.events.dlt}. Held until the broker has them. Not thread-safe. */
final class DeadLetters {

    private final Producer<String, byte[]> producer;
    private final List<ProducerRecord<String, byte[]>> held = new ArrayList<>();

    DeadLetters(Producer<String, byte[]> producer) {
        this.producer = producer;
    }

    void hold(ConsumerRecord<String, byte[]> record, String error) {
        held.add(DeadLetterRecords.of(record, error));
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
}
