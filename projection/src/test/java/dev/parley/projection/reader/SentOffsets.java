package dev.parley.projection.reader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.schema.kafka.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Sends generated logs to real partitions. A generated log counts its offsets from 0 over all users, so what a record says that its writer
 * had folded ({@code ce_foldedoffset}) is replaced by the offset that it has in its partition.
 */
final class SentOffsets {

    private static final String PLANNED = "test_planned";

    /** By log and partition: the offset of each record by its place in the log. */
    private final Map<String, TreeMap<Integer, Future<RecordMetadata>>> sent = new ConcurrentHashMap<>();

    /** Notes the place of a record in its log. */
    static void plan(ProducerRecord<String, byte[]> record, String log, int index) {
        record.headers().add(PLANNED, (log + "#" + index).getBytes(UTF_8));
    }

    /** The end of each partition of {@code chat.events}. */
    static Map<TopicPartition, Long> ends(String bootstrapServers) {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            return consumer.endOffsets(consumer.partitionsFor(Topics.EVENTS).stream()
                    .map(info -> new TopicPartition(Topics.EVENTS, info.partition()))
                    .toList());
        }
    }

    /** @param ends the end of each partition before the first of the records */
    void send(
            Producer<String, byte[]> producer,
            List<ProducerRecord<String, byte[]>> records,
            Map<TopicPartition, Long> ends)
            throws Exception {
        List<Future<RecordMetadata>> all = new ArrayList<>();
        for (ProducerRecord<String, byte[]> record : records) {
            String planned = CloudEventHeaders.text(record.headers(), PLANNED);
            if (planned == null) {
                all.add(producer.send(record));
                continue;
            }
            String log = planned.substring(0, planned.lastIndexOf('#'));
            int index = Integer.parseInt(planned.substring(planned.lastIndexOf('#') + 1));
            TreeMap<Integer, Future<RecordMetadata>> mine =
                    sent.computeIfAbsent(log + " in " + record.partition(), _ -> new TreeMap<>());
            Long folded = CloudEventHeaders.number(record.headers(), CloudEventHeaders.FOLDED_OFFSET);
            if (folded != null) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                long actual = actual(Math.toIntExact(folded), mine, ends.getOrDefault(partition, 0L));
                record.headers()
                        .remove(CloudEventHeaders.FOLDED_OFFSET)
                        .add(
                                CloudEventHeaders.FOLDED_OFFSET,
                                String.valueOf(actual).getBytes(UTF_8));
            }
            record.headers().remove(PLANNED);
            Future<RecordMetadata> future = producer.send(record);
            mine.put(index, future);
            all.add(future);
        }
        for (Future<RecordMetadata> each : all) {
            each.get();
        }
    }

    /** All before the first record of the log that its writer had not folded; if there is none, all up to the last one. */
    private static long actual(int folded, TreeMap<Integer, Future<RecordMetadata>> mine, long end) throws Exception {
        Map.Entry<Integer, Future<RecordMetadata>> next = mine.higherEntry(folded);
        if (next != null) {
            return next.getValue().get().offset() - 1;
        }
        return mine.isEmpty() ? end - 1 : mine.lastEntry().getValue().get().offset();
    }
}
