package dev.parley.projection.reader;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.kafka.EventHead;
import dev.parley.store.write.TurnStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Gives partitions the deletions in the store on which the next records depend. */
final class StoredDeletions {

    private StoredDeletions() {}

    /**
     * To be called before the records are read.
     *
     * @throws RuntimeException if the store does not answer
     */
    static void learn(
            Iterable<ConsumerRecord<String, byte[]>> records,
            Map<TopicPartition, ReadPartition> partitions,
            TurnStore store) {
        Map<ReadPartition, Set<SessionKey>> sessions = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            ReadPartition partition = partitions.get(new TopicPartition(record.topic(), record.partition()));
            SessionKey session = partition == null ? null : partition.dependsOnDeletions(EventHead.of(record));
            if (partition != null && session != null) {
                sessions.computeIfAbsent(partition, _ -> new HashSet<>()).add(session);
            }
        }
        sessions.forEach((partition, its) -> store.deletions(its).forEach(partition::knowDeletions));
    }
}
