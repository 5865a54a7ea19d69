package dev.parley.projection.reader;

import dev.parley.embedded.testing.Backends;
import dev.parley.projection.turn.PartitionFold;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.Topics;
import dev.parley.store.testing.InMemoryTurnStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * {@code chat.events} from where a test began to where it is now, read in one go: what the documents have to be. Other tests'
 * records lie before it, and their users have other names.
 */
final class WholeLog {

    private static final Duration BOUND = Duration.ofSeconds(30);

    private final String bootstrapServers;
    private final Map<TopicPartition, Long> begin;

    private WholeLog(String bootstrapServers, Map<TopicPartition, Long> begin) {
        this.bootstrapServers = bootstrapServers;
        this.begin = begin;
    }

    /** Begins now. */
    static WholeLog begin(String bootstrapServers) {
        try (var consumer = consumer(bootstrapServers, Map.of())) {
            return new WholeLog(bootstrapServers, consumer.endOffsets(partitions(consumer, Topics.EVENTS)));
        }
    }

    /** A new consumer group that begins where the test does. Its members learn their partitions as soon as the broker allows. */
    String newGroup() {
        String group = Backends.unique("projection");
        setHeartbeat(group);
        try (var consumer = consumer(bootstrapServers, Map.of("group.id", group))) {
            consumer.commitSync(begin.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, each -> new OffsetAndMetadata(each.getValue()))));
        }
        return group;
    }

    private void setHeartbeat(String group) {
        AlterConfigOp heartbeat =
                new AlterConfigOp(new ConfigEntry("consumer.heartbeat.interval.ms", "200"), AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.incrementalAlterConfigs(
                            Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), List.of(heartbeat)))
                    .all()
                    .get(BOUND.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new AssertionError("the group cannot be set up", e);
        }
    }

    InMemoryTurnStore fold() {
        InMemoryTurnStore store = new InMemoryTurnStore();
        Map<Integer, List<ConsumerRecord<String, byte[]>>> byPartition = new TreeMap<>();
        read(bootstrapServers, begin)
                .forEach(record -> byPartition
                        .computeIfAbsent(record.partition(), partition -> new ArrayList<>())
                        .add(record));
        byPartition.values().forEach(records -> foldPartition(records, store));
        return store;
    }

    /** Each record written on its own, at every change. */
    private static void foldPartition(List<ConsumerRecord<String, byte[]>> records, InMemoryTurnStore store) {
        ReadPartition partition =
                new ReadPartition(0, 0, new PartitionFold(Duration.ofHours(1)), new WritePolicy(Duration.ZERO, 0));
        long nanos = 0;
        for (ConsumerRecord<String, byte[]> record : records) {
            EventHead head = EventHead.of(record);
            SessionKey deleted = partition.dependsOnDeletions(head);
            if (deleted != null) {
                store.deletions(List.of(deleted)).forEach(partition::knowDeletions);
            }
            switch (head) {
                case EventHead.OfStream ofStream -> partition.read(LogRecords.of(ofStream, record));
                case EventHead.OfSession ofSession -> partition.read(LogRecords.of(ofSession, record));
                case EventHead.Unreadable _ -> partition.skip(record.offset());
            }
            PartitionWrites.write(List.of(partition), store, nanos++);
        }
    }

    static List<ConsumerRecord<String, byte[]>> all(String bootstrapServers, String topic) {
        try (var consumer = consumer(bootstrapServers, Map.of())) {
            return read(bootstrapServers, consumer.beginningOffsets(partitions(consumer, topic)));
        }
    }

    private static List<ConsumerRecord<String, byte[]>> read(String bootstrapServers, Map<TopicPartition, Long> begin) {
        try (var consumer = consumer(bootstrapServers, Map.of())) {
            consumer.assign(begin.keySet());
            begin.forEach(consumer::seek);
            Map<TopicPartition, Long> ends = consumer.endOffsets(begin.keySet());
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            long deadline = System.nanoTime() + BOUND.toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("the log cannot be read within " + BOUND);
                }
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<String, byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private static KafkaConsumer<String, byte[]> consumer(String bootstrapServers, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", bootstrapServers);
        config.put("fetch.max.wait.ms", 20); // which a consumer that is closed waits for
        return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    }
}
