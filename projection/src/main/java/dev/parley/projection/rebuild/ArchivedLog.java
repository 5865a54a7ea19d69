package dev.parley.projection.rebuild;

import dev.parley.projection.store.DocumentSets.Archived;
import dev.parley.schema.archive.RawRecord;
import dev.parley.schema.kafka.RawRecords;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The records of archived streams in the order in which they lay in their partitions, up to where Kafka still has them. Streams come in
 * the order of their beginnings, so only those are held that were under way at the same time. Not thread-safe.
 */
final class ArchivedLog {

    private final Map<Integer, Long> beginnings;
    private final Consumer<ConsumerRecord<String, byte[]>> reader;
    private final Map<Integer, PriorityQueue<Rest>> open = new HashMap<>();

    /** A stream whose records before the next one were handed on. */
    private record Rest(Archived stream, int next) {

        long offset() {
            return record().offset();
        }

        RawRecord record() {
            return stream.records().get(next);
        }
    }

    /** @param beginnings the first offset of each partition that Kafka still has */
    ArchivedLog(Map<Integer, Long> beginnings, Consumer<ConsumerRecord<String, byte[]>> reader) {
        this.beginnings = beginnings;
        this.reader = reader;
    }

    void add(Archived stream) {
        if (!stream.records().isEmpty()) {
            Rest all = new Rest(stream, 0);
            drain(stream.partition(), all.offset());
            streams(stream.partition()).add(all);
        }
    }

    void end() {
        beginnings.keySet().forEach(partition -> drain(partition, Long.MAX_VALUE));
    }

    private PriorityQueue<Rest> streams(int partition) {
        return open.computeIfAbsent(partition, _ -> new PriorityQueue<>(Comparator.comparingLong(Rest::offset)));
    }

    private void drain(int partition, long until) {
        PriorityQueue<Rest> streams = streams(partition);
        long end = Math.min(until, beginnings.getOrDefault(partition, 0L));
        for (Rest first = streams.peek(); first != null && first.offset() < end; first = streams.peek()) {
            streams.remove();
            reader.accept(RawRecords.toConsumerRecord(partition, first.record()));
            if (first.next() + 1 < first.stream().records().size()) {
                streams.add(new Rest(first.stream(), first.next() + 1));
            }
        }
    }
}
