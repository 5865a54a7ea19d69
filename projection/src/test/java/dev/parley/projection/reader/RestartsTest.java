package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.projection.turn.Chaos;
import dev.parley.projection.turn.LogRecord;
import dev.parley.projection.turn.PartitionFold;
import dev.parley.projection.turn.TestLog;
import dev.parley.projection.turn.TextBudget;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.log.RawRecord;
import dev.parley.store.testing.InMemoryTurnStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.bson.Document;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Readers that die at any point, start again, and write at the same time as readers that are replaced and do not know it yet. {@code
 * -Dparley.histories=} generates more logs.
 */
class RestartsTest {

    private static final Duration LONGEST = Duration.ofHours(1);

    static List<Long> seeds() {
        return new Random(815)
                .longs(Long.getLong("parley.histories", 100))
                .boxed()
                .toList();
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void documents_are_what_the_right_writers_wrote(long seed) {
        Chaos chaos = Chaos.of(new Random(seed), 400, true);
        InMemoryTurnStore store = new InMemoryTurnStore();

        new Reader(chaos.log(), store, 0).readToEnd(new Random(seed));

        assertIsWhatWasWritten(chaos, store);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void readers_that_die_and_overlap_end_with_the_same_documents(long seed) {
        RandomGenerator random = new Random(seed);
        Chaos chaos = Chaos.of(random, 400, true);
        InMemoryTurnStore once = new InMemoryTurnStore();
        new Reader(chaos.log(), once, 0).readToEnd(new Random(seed));

        InMemoryTurnStore store = new InMemoryTurnStore();
        dieAndOverlap(chaos, store, random);

        assertThat(store.messages()).as("%s", chaos.log()).isEqualTo(once.messages());
        assertThat(store.conversations()).as("%s", chaos.log()).isEqualTo(once.conversations());
        assertThat(store.archive()).as("%s", chaos.log()).isEqualTo(once.archive());
        assertIsWhatWasWritten(chaos, store);
    }

    /** A rebuild writes thousands of records at once; a projection writes after each poll. */
    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void readers_that_write_seldom_and_often_end_with_the_same_documents(long seed) {
        Chaos chaos = Chaos.of(new Random(seed), 400, true);
        InMemoryTurnStore often = new InMemoryTurnStore();
        Reader one = new Reader(chaos.log(), often, 0);
        while (!one.isAtEnd()) {
            one.read(1);
            one.write();
        }

        InMemoryTurnStore once = new InMemoryTurnStore();
        Reader all = new Reader(chaos.log(), once, 0);
        all.read(chaos.log().size());
        all.write();

        assertThat(once.messages()).as("%s", chaos.log()).isEqualTo(often.messages());
        assertThat(once.conversations()).as("%s", chaos.log()).isEqualTo(often.conversations());
        assertThat(once.archive()).as("%s", chaos.log()).isEqualTo(often.archive());
    }

    /** Thoughts are left out then; texts are not, because terminal events contain them. */
    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void a_reader_without_room_ends_with_the_same_texts(long seed) {
        Chaos chaos = Chaos.of(new Random(seed), 400, true);
        InMemoryTurnStore once = new InMemoryTurnStore();
        new Reader(chaos.log(), once, 0).readToEnd(new Random(seed));

        InMemoryTurnStore store = new InMemoryTurnStore();
        new Reader(chaos.log(), store, 0, 50).readToEnd(new Random(seed));

        store.messages().forEach((id, found) -> {
            Document expected = once.messages().getOrDefault(id, new Document());
            for (String field : List.of("status", "last_offset", "content", "content_sha256")) {
                assertThat(found.get(field))
                        .as("%s of %s in %s", field, id, chaos.log())
                        .isEqualTo(expected.get(field));
            }
        });
        assertThat(store.conversations()).isEqualTo(once.conversations());
    }

    /** At most two readers at a time: the one that has the partition, and one that had it and still writes. */
    private static void dieAndOverlap(Chaos chaos, InMemoryTurnStore store, RandomGenerator random) {
        long committed = 0;
        Reader owner = new Reader(chaos.log(), store, 0);
        Reader old = owner;
        while (!owner.isAtEnd()) {
            int dice = random.nextInt(20);
            if (dice == 0) {
                owner = new Reader(chaos.log(), store, committed);
            } else if (dice == 1) {
                old = owner;
                owner = new Reader(chaos.log(), store, committed);
            } else if (dice < 6) {
                old.step(random, random.nextBoolean());
            } else {
                boolean written = owner.step(random, random.nextInt(8) > 0);
                if (written && random.nextBoolean()) {
                    committed = owner.partition.restartAt();
                }
            }
        }
        owner.step(random, true);
    }

    private static void assertIsWhatWasWritten(Chaos chaos, InMemoryTurnStore store) {
        var messages = store.messages();
        assertThat(messages).hasSameSizeAs(chaos.expected().keySet());
        chaos.expected().forEach((stream, expected) -> {
            Document document = messages.getOrDefault(idOf(stream), new Document("status", "nowhere"));
            assertThat(document.getString("status"))
                    .as("%s in %s", stream, chaos.log())
                    .isEqualTo(expected.status());
            if (!expected.status().equals("deleted")) {
                assertThat(document.getString("content")).isEqualTo(expected.text());
                assertThat(document.getLong("events")).isEqualTo(expected.events());
            } else {
                assertThat(document.keySet())
                        .isSubsetOf(
                                "_id",
                                "status",
                                "deleted_at",
                                "partition",
                                "first_offset",
                                "last_offset",
                                "folded_offset");
            }
        });
        assertIsArchived(chaos, store);
        for (SessionKey session : chaos.sessions()) {
            Document conversation = store.conversations().get(RecordKey.of(session));
            int count = conversation == null ? 0 : conversation.getInteger("message_count");
            assertThat(count)
                    .as("%s in %s", session, chaos.log())
                    .isEqualTo(2 * chaos.turnsOf(session).size());
        }
    }

    /** The archive has every record of a stream that is not deleted, unchanged, and no record of other streams. */
    private static void assertIsArchived(Chaos chaos, InMemoryTurnStore store) {
        Map<StreamId, List<Long>> wanted = new HashMap<>();
        for (LogRecord record : chaos.log().all()) {
            if (record instanceof LogRecord.OfStream of
                    && chaos.expected().get(of.stream()) instanceof Chaos.Expected state
                    && !state.status().equals("deleted")
                    && of.position().offset() >= state.firstOffset()) {
                wanted.computeIfAbsent(of.stream(), stream -> new ArrayList<>())
                        .add(of.position().offset());
            }
        }
        Map<StreamId, List<Long>> found = new HashMap<>();
        for (StreamId stream : chaos.expected().keySet()) {
            List<RawRecord> records = store.archived(stream);
            if (!records.isEmpty()) {
                found.put(stream, records.stream().map(RawRecord::offset).toList());
            }
            records.forEach(record -> assertThat(record.value())
                    .isEqualTo(((LogRecord.OfStream) chaos.log().get((int) record.offset()))
                            .raw()
                            .value()));
        }
        assertThat(found).as("%s", chaos.log()).isEqualTo(wanted);
    }

    private static String idOf(StreamId stream) {
        return RecordKey.encode(stream.user()) + "/" + stream.message();
    }

    /** A reader of the partition that the test drives. */
    private static final class Reader {

        private static final int BATCH = 20;

        final ReadPartition partition;
        private final TestLog log;
        private final InMemoryTurnStore store;
        private int next;
        private long nanos;

        Reader(TestLog log, InMemoryTurnStore store, long from) {
            this(log, store, from, Long.MAX_VALUE);
        }

        Reader(TestLog log, InMemoryTurnStore store, long from, long budget) {
            this.log = log;
            this.store = store;
            this.next = Math.toIntExact(from);
            this.partition = new ReadPartition(
                    from,
                    0,
                    new PartitionFold(LONGEST, new TextBudget(budget)),
                    new WritePolicy(Duration.ofMillis(500), 100));
        }

        boolean isAtEnd() {
            return next == log.size();
        }

        void readToEnd(RandomGenerator random) {
            while (!isAtEnd()) {
                step(random, true);
            }
        }

        /** Reads a few records and writes, or fails to, at one of the calls. @return whether all is written */
        boolean step(RandomGenerator random, boolean storeAnswers) {
            read(random.nextInt(BATCH));
            nanos += Duration.ofMillis(random.nextInt(1000)).toNanos();
            int callsThatWork = storeAnswers ? 4 : random.nextInt(4);
            int[] calls = {0};
            store.before(() -> {
                if (calls[0]++ == callsThatWork) {
                    throw new IllegalStateException("unreachable");
                }
            });
            try {
                write();
                return true;
            } catch (IllegalStateException unreachable) {
                return false;
            }
        }

        void read(int records) {
            int end = Math.min(log.size(), next + records);
            while (next < end) {
                SessionKey deleted = partition.dependsOnDeletions(log.head(next));
                if (deleted != null) {
                    store.deletions(List.of(deleted)).forEach(partition::knowDeletions);
                }
                partition.read(log.get(next++));
            }
        }

        void write() {
            PartitionWrites.write(List.of(partition), store, nanos);
        }
    }
}
