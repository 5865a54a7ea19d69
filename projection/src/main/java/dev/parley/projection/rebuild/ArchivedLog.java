package dev.parley.projection.rebuild;

import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.log.RawRecord;
import dev.parley.store.read.ArchivedStream;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Merges the records of archived streams into the order of their partitions, up to the offset from which on Kafka has them. Streams are added in
 * the order of their beginnings, so only streams that were unfinished at the same time are held. Not thread-safe.
 */
final class ArchivedLog {

    private final Map<Integer, Long> beginnings;
    private final Consumer<ConsumerRecord<String, byte[]>> reader;
    private final Map<Integer, PriorityQueue<Rest>> open = new HashMap<>();

    /** A stream, and the first of its records that was not passed to the reader. */
    private record Rest(ArchivedStream stream, int next) {

        long offset() {
            return record().offset();
        }

        RawRecord record() {
            return stream.records().get(next);
        }
    }

    /** @param beginnings the first offset of each partition that Kafka has */
    ArchivedLog(Map<Integer, Long> beginnings, Consumer<ConsumerRecord<String, byte[]>> reader) {
        this.beginnings = beginnings;
        this.reader = reader;
    }

    void add(ArchivedStream stream) {
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
