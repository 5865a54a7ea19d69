package dev.parley.projection.rebuild;

import dev.parley.projection.reader.LogCatchUp;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.kafka.Topics;
import dev.parley.store.StoreConnection;
import dev.parley.store.compare.ArchiveScan;
import dev.parley.store.compare.DocumentDigest;
import dev.parley.store.compare.FreshCollections;
import dev.parley.store.document.DocumentIds;
import dev.parley.store.document.StoreCollections;
import dev.parley.store.write.TurnStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Makes all documents again, from the archive what Kafka has deleted and the rest from {@code chat.events}, in fresh collections, and compares
 * them by digest with the live ones. {@link #repair} replaces the live documents that differ, while projections and gateways go on.
 *
 * <p>A document is replaced only if the fresh one is the fold of all records that made the live one, and if it has not changed since it was
 * compared. So a projection that writes meanwhile goes on from a right document, or the document is compared again. Renaming collections was
 * rejected: the embedded store loses a renaming when it restarts (mongo-java-server 1.47 with H2), and a projection could write the
 * next step of a conversation onto documents that lack the last one.
 *
 * <p>Only one may run at a time. The collections of one that dies are dropped by the next one. Not thread-safe.
 */
public final class Rebuild implements AutoCloseable {

    /** How often the log is read to its new end, because streams go on meanwhile. */
    private static final int MAX_ROUNDS = 20;

    /** A round that reads no more records than this is the last one. */
    private static final long SMALL_ROUND = 1_000;

    private final FreshCollections collections;
    private final ArchiveScan archive;
    private final Consumer<String, byte[]> consumer;
    private final Map<Integer, Long> beginnings;
    private final LogCatchUp log;
    private final List<ArchiveScan.Damaged> damaged = new ArrayList<>();

    /** Is given the progress of reading. */
    public interface Progress {

        /** @param total an estimate */
        void at(long records, long total);
    }

    /**
     * @param records read from Kafka
     * @param archived read from the archive
     * @param damaged ids of turns that Kafka has deleted, and whose archive cannot be read or has other records than it had
     */
    public record Result(long records, long archived, long nanos, List<Comparison> comparisons, List<String> damaged) {

        public Result {
            comparisons = List.copyOf(comparisons);
            damaged = List.copyOf(damaged);
        }

        public boolean isEqual() {
            return damaged.isEmpty() && comparisons.stream().allMatch(Comparison::isEqual);
        }

        /** Whether there are documents that neither Kafka nor the archive has. */
        public boolean losesSomething() {
            return comparisons.stream().anyMatch(each -> !each.unknown().isEmpty());
        }
    }

    /**
     * @param consumer without a group; not closed with this
     * @param longestStream as {@code parley.projection.longest-stream}
     * @param suffix of the names of the fresh collections; existing ones are dropped
     */
    public Rebuild(
            StoreConnection connection, Consumer<String, byte[]> consumer, Duration longestStream, String suffix) {
        this.collections = new FreshCollections(connection, suffix);
        this.archive = new ArchiveScan(connection);
        this.consumer = consumer;
        this.beginnings = byPartition(consumer.beginningOffsets(partitions()));
        collections.drop();
        TurnStore fresh = collections.turnStore();
        fresh.prepare();
        this.log = new LogCatchUp(consumer, beginnings, fresh, longestStream);
    }

    /**
     * Reads everything and compares.
     *
     * @throws TimeoutException if Kafka gives nothing for 30 s
     */
    public Result run(Progress progress) throws TimeoutException {
        long begin = System.nanoTime();
        Map<Integer, Long> ends = ends();
        long archived = readArchive();
        long records = readLog(progress);
        long nanos = System.nanoTime() - begin;
        List<Comparison> comparisons = new ArrayList<>();
        for (String name : StoreCollections.FOLDS) {
            comparisons.add(differences(name, ends).comparison());
        }
        return new Result(
                records,
                archived,
                nanos,
                comparisons,
                damaged.stream().map(ArchiveScan.Damaged::turn).toList());
    }

    private long readArchive() {
        if (beginnings.values().stream().allMatch(offset -> offset == 0)) {
            return 0;
        }
        collections.copyDeletions(beginnings, this::partitionOf);
        AtomicLong records = new AtomicLong();
        ArchivedLog archived = new ArchivedLog(beginnings, record -> {
            log.read(record);
            records.incrementAndGet();
        });
        archive.readBefore(beginnings, archived::add, damaged::add);
        archived.end();
        return records.get();
    }

    private int partitionOf(String id) {
        return RecordKey.partition(DocumentIds.userOf(id), beginnings.size());
    }

    private long readLog(Progress progress) throws TimeoutException {
        AtomicLong records = new AtomicLong();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            Map<Integer, Long> ends = ends();
            long rest = distance(log.positions(), ends);
            long done = records.get();
            LongConsumer each = read -> {
                records.set(done + read);
                progress.at(done + read, done + rest);
            };
            log.readTo(ends, each);
            if (rest <= SMALL_ROUND) {
                break;
            }
        }
        return records.get();
    }

    /**
     * Replaces the live documents that differ, round by round, until none does. Documents of streams with a damaged archive are left as they
     * are.
     *
     * @param deleteUnknown whether documents are deleted that neither Kafka nor the archive has
     * @return whether none differs any more; if not, others write faster than documents can be compared
     * @throws TimeoutException if Kafka gives nothing for 30 s
     */
    public boolean repair(boolean deleteUnknown) throws TimeoutException {
        collections.liveTurnStore().prepare();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            boolean equal = true;
            for (String name : StoreCollections.FOLDS) {
                Comparison.Differences found = differences(name, log.positions());
                collections.replace(name, found.wrong());
                if (deleteUnknown) {
                    collections.delete(name, found.unknown());
                }
                equal &= found.wrong().isEmpty();
            }
            if (equal) {
                return true;
            }
            log.readTo(ends(), _ -> {});
        }
        return false;
    }

    private Comparison.Differences differences(String name, Map<Integer, Long> settledTo) {
        Map<String, DocumentDigest> fresh = collections.freshDigests(name);
        Map<String, DocumentDigest> live = collections.liveDigests(name, fresh.keySet());
        List<String> notComparable =
                live.keySet().stream().filter(this::isOfDamaged).toList();
        notComparable.forEach(live::remove);
        notComparable.forEach(fresh::remove);
        Set<String> turns = name.equals(StoreCollections.ARCHIVE)
                ? collections.freshDigests(StoreCollections.MESSAGES).keySet()
                : Set.of();
        return Comparison.of(name, live, fresh, new Comparison.Scope() {
            @Override
            public boolean isSettled(String id, long lastOffset) {
                return lastOffset < settledTo.getOrDefault(partitionOf(id), 0L);
            }

            @Override
            public boolean isOfKnownTurn(String id) {
                return turns.contains(DocumentIds.turnOfArchive(id));
            }
        });
    }

    /** Whether the document is of a stream with a damaged archive, or of its conversation: what it is to be cannot be known. */
    private boolean isOfDamaged(String id) {
        return damaged.stream()
                .anyMatch(each ->
                        id.equals(each.turn()) || id.startsWith(each.turn() + "#") || id.equals(each.conversation()));
    }

    private Map<Integer, Long> ends() {
        return byPartition(consumer.endOffsets(partitions()));
    }

    /** Drops the fresh collections. */
    @Override
    public void close() {
        collections.drop();
    }

    private List<TopicPartition> partitions() {
        return consumer.partitionsFor(Topics.EVENTS).stream()
                .map(info -> new TopicPartition(Topics.EVENTS, info.partition()))
                .toList();
    }

    private static Map<Integer, Long> byPartition(Map<TopicPartition, Long> offsets) {
        Map<Integer, Long> by = new HashMap<>();
        offsets.forEach((topic, offset) -> by.put(topic.partition(), offset));
        return by;
    }

    private static long distance(Map<Integer, Long> from, Map<Integer, Long> to) {
        return to.entrySet().stream()
                .mapToLong(end -> Math.max(0, end.getValue() - from.getOrDefault(end.getKey(), 0L)))
                .sum();
    }
}
