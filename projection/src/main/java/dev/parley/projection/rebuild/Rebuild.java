package dev.parley.projection.rebuild;

import com.mongodb.client.MongoDatabase;
import dev.parley.projection.reader.LogCatchUp;
import dev.parley.projection.store.DocumentSets;
import dev.parley.projection.store.DocumentSets.Damaged;
import dev.parley.projection.store.MongoTurnStore;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.kafka.Topics;
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
 * Makes all documents anew: from the archive what Kafka has no more, the rest from {@code chat.events}, into collections of their own; and
 * compares them by digest with those that are there. {@link #mend} puts those that differ in their place, while projections and gateways go on.
 *
 * <p>A document is replaced only if the fresh one is the fold of all that made the old one, and if nobody changed it since it was compared; so
 * a projection that writes meanwhile goes on from a right document, or is compared again. Renaming the collections was the other way; but the
 * embedded store forgets a renaming when it is started again (mongo-java-server 1.47 with H2), and a projection would write the next step of a
 * conversation onto documents that lack the last one.
 *
 * <p>One at a time. One that dies leaves collections behind that the next one drops. Not thread-safe.
 */
public final class Rebuild implements AutoCloseable {

    /** Streams go on while the log is read: so often the end is looked for again. */
    private static final int MOST_ROUNDS = 20;

    /** A round that found no more than this was the last. */
    private static final long ALMOST_NOTHING = 1_000;

    private final MongoDatabase database;
    private final DocumentSets documents;
    private final Consumer<String, byte[]> consumer;
    private final String ending;
    private final Map<Integer, Long> beginnings;
    private final LogCatchUp log;
    private final List<Damaged> damaged = new ArrayList<>();

    /** What is told while it goes on. */
    public interface Progress {
        void at(long records, long ofAbout);
    }

    /**
     * @param records read from Kafka
     * @param archived read from the archive
     * @param damaged turns whose archive cannot be read, or has other records than it had, and that Kafka has no more
     */
    public record Result(long records, long archived, long nanos, List<Comparison> comparisons, List<String> damaged) {

        public Result {
            comparisons = List.copyOf(comparisons);
            damaged = List.copyOf(damaged);
        }

        public boolean isEqual() {
            return damaged.isEmpty() && comparisons.stream().allMatch(Comparison::isEqual);
        }

        /** Whether there is something that only the collections have. */
        public boolean losesSomething() {
            return comparisons.stream().anyMatch(each -> !each.unknown().isEmpty());
        }
    }

    /**
     * @param ending of the names of the fresh collections; what has these names is dropped
     * @param consumer without a group; not closed here
     */
    public Rebuild(MongoDatabase database, Consumer<String, byte[]> consumer, Duration longestStream, String ending) {
        this.database = database;
        this.documents = new DocumentSets(database);
        this.consumer = consumer;
        this.ending = ending;
        this.beginnings = byPartition(consumer.beginningOffsets(partitions()));
        documents.drop(ending);
        MongoTurnStore fresh = new MongoTurnStore(database, ending);
        fresh.prepare();
        this.log = new LogCatchUp(consumer, beginnings, fresh, longestStream);
    }

    /**
     * Reads all and compares.
     *
     * @throws TimeoutException if Kafka gives nothing for long
     */
    public Result run(Progress progress) throws TimeoutException {
        long begin = System.nanoTime();
        Map<Integer, Long> ends = ends();
        long archived = readArchive();
        long records = readLog(progress);
        long nanos = System.nanoTime() - begin;
        List<Comparison> comparisons = new ArrayList<>();
        for (String name : DocumentSets.NAMES) {
            comparisons.add(differences(name, ends).comparison());
        }
        return new Result(
                records,
                archived,
                nanos,
                comparisons,
                damaged.stream().map(Damaged::turn).toList());
    }

    private long readArchive() {
        if (beginnings.values().stream().allMatch(offset -> offset == 0)) {
            return 0;
        }
        documents.copyDeletions(ending, beginnings, this::partitionOf);
        AtomicLong records = new AtomicLong();
        ArchivedLog archived = new ArchivedLog(beginnings, record -> {
            log.take(record);
            records.incrementAndGet();
        });
        documents.archivedBefore(beginnings, archived::add, damaged::add);
        archived.end();
        return records.get();
    }

    /** Every id begins with the user, as a key does. */
    private int partitionOf(String id) {
        String user = id.substring(0, id.indexOf('/') + 1);
        return RecordKey.partition(RecordKey.parse(user + "-").user(), beginnings.size());
    }

    private long readLog(Progress progress) throws TimeoutException {
        AtomicLong records = new AtomicLong();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Map<Integer, Long> ends = byPartition(consumer.endOffsets(partitions()));
            long rest = distance(log.positions(), ends);
            long done = records.get();
            LongConsumer each = read -> {
                records.set(done + read);
                progress.at(done + read, done + rest);
            };
            log.readTo(ends, each);
            if (rest <= ALMOST_NOTHING) {
                break;
            }
        }
        return records.get();
    }

    /**
     * Puts the fresh documents in the place of those that differ, round by round, until none does. What a damaged archive told stays as it is.
     *
     * @param deleteUnknown whether documents go that neither Kafka nor the archive knows
     * @return whether none differs any more; if not, others write faster than can be compared
     * @throws TimeoutException if Kafka gives nothing for long
     */
    public boolean mend(boolean deleteUnknown) throws TimeoutException {
        new MongoTurnStore(database).prepare();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            boolean equal = true;
            for (String name : DocumentSets.NAMES) {
                Comparison.Differences found = differences(name, log.positions());
                documents.put(name, ending, found.wrong());
                if (deleteUnknown) {
                    documents.delete(name, found.unknown());
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
        Map<String, DocumentSets.Digest> fresh = documents.digests(name, ending);
        Map<String, DocumentSets.Digest> there = documents.digests(name, "", fresh.keySet());
        List<String> untold = there.keySet().stream().filter(this::isOfDamaged).toList();
        untold.forEach(there::remove);
        untold.forEach(fresh::remove);
        Set<String> turns = name.equals(MongoTurnStore.ARCHIVE)
                ? documents.digests(MongoTurnStore.MESSAGES, ending).keySet()
                : Set.of();
        return Comparison.of(name, there, fresh, new Comparison.Scope() {
            @Override
            public boolean isSettled(String id, long lastOffset) {
                return lastOffset < settledTo.getOrDefault(partitionOf(id), 0L);
            }

            @Override
            public boolean isOfKnownTurn(String id) {
                return turns.contains(DocumentSets.turnOf(id));
            }
        });
    }

    /** Its turn, its archive or its conversation: nobody can say what that is to be. */
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
        documents.drop(ending);
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
