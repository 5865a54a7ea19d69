package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.projection.turn.Chaos;
import dev.parley.projection.turn.LogRecord;
import dev.parley.projection.turn.PartitionFold;
import dev.parley.projection.turn.TestLog;
import dev.parley.schema.id.StreamId;
import dev.parley.store.testing.InMemoryTurnStore;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.Turn;
import dev.parley.store.write.TurnStore;
import dev.parley.store.write.TurnStore.Draft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/** Readers of the same partition that write at the same time, each with its own fold. */
abstract class RacingReaders {

    /** An empty one. */
    abstract TurnStore newStore();

    abstract Map<String, Document> messages();

    abstract Map<String, Document> conversations();

    @Test
    void racing_readers_end_with_the_documents_of_a_single_reader() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            Chaos chaos = Chaos.of(new Random(seed), 400, true);
            InMemoryTurnStore alone = new InMemoryTurnStore();
            readAll(chaos.log(), alone, new Random(seed));
            TurnStore store = newStore();
            store.prepare();

            try (var threads = Executors.newFixedThreadPool(3)) {
                List<Future<?>> readers = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    Random random = new Random(seed * 10 + i);
                    readers.add(threads.submit(() -> readAll(chaos.log(), store, random)));
                }
                for (Future<?> reader : readers) {
                    reader.get();
                }
            }

            assertThat(messages()).as("seed %d %s", seed, chaos.log()).isEqualTo(alone.messages());
            assertThat(conversations()).as("seed %d %s", seed, chaos.log()).isEqualTo(alone.conversations());
        }
    }

    private static void readAll(TestLog log, TurnStore store, RandomGenerator random) {
        PartitionFold fold = new PartitionFold(Duration.ofHours(1));
        int next = 0;
        while (next < log.size()) {
            int end = Math.min(log.size(), next + 1 + random.nextInt(20));
            while (next < end) {
                LogRecord record = log.get(next++);
                if (record instanceof LogRecord.Deletion deletion) {
                    store.deletions(List.of(deletion.session())).forEach(fold::knowDeletions);
                }
                fold.read(record);
            }
            List<Draft> drafts = new ArrayList<>();
            fold.over().forEach(turn -> drafts.add(new Draft(turn, guess(turn, random))));
            fold.open().forEach(turn -> drafts.add(new Draft(turn, guess(turn, random))));
            store.deleteTurns(fold.steps().stream()
                    .filter(ConversationStep.Deleted.class::isInstance)
                    .map(ConversationStep.Deleted.class::cast)
                    .toList());
            Set<StreamId> discarded = store.save(drafts);
            store.apply(fold.steps().stream()
                    .filter(step ->
                            !(step instanceof ConversationStep.Opened opened && discarded.contains(opened.stream())))
                    .filter(step ->
                            !(step instanceof ConversationStep.Ended ended && discarded.contains(ended.stream())))
                    .toList());
            fold.written();
            discarded.forEach(fold::discard);
        }
    }

    /** The hint which state a reader has saved last, right or wrong. */
    private static long guess(Turn turn, RandomGenerator random) {
        return random.nextBoolean() ? Draft.NONE : turn.trace().lastOffset() - random.nextInt(3);
    }
}
