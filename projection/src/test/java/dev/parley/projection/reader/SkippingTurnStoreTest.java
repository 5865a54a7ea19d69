package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoException;
import dev.parley.projection.turn.PartitionFold;
import dev.parley.projection.turn.TestLog;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Claim;
import dev.parley.store.testing.InMemoryTurnStore;
import dev.parley.store.write.TurnStore;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A partition with a stream that can never be written, between others of the same conversation. */
class SkippingTurnStoreTest {

    private static final SessionKey SESSION = SessionKey.of("ann", "s1");
    private static final StreamId GOOD = StreamId.of("ann", "good");
    private static final StreamId BAD = StreamId.of("ann", "bad");
    private static final StreamId LATER = StreamId.of("ann", "later");
    private static final Claim CLAIM = new Claim(1, "a");

    private final TestLog log = new TestLog();
    private final InMemoryTurnStore store = new InMemoryTurnStore();
    private final List<Long> skipped = new ArrayList<>();
    private final ReadPartition partition =
            new ReadPartition(0, 0, new PartitionFold(Duration.ofHours(1)), new WritePolicy(Duration.ZERO, 0));

    @Test
    void what_can_never_be_written_is_skipped_and_the_rest_is_written() {
        SkippingTurnStore skipping = new SkippingTurnStore(
                new FailingStreamStore(store, BAD, () -> new DateTimeException("out of range")),
                (offset, _) -> skipped.add(offset));
        answer(GOOD);
        start(BAD);
        write(skipping);
        say(BAD);
        stop(BAD);
        answer(LATER);
        write(skipping);

        assertThat(store.messages()).containsOnlyKeys("ann/good", "ann/later");
        assertThat(store.archive()).containsOnlyKeys("ann/good#0", "ann/later#0");
        assertThat(store.conversations().get("ann/s1")).containsEntry("message_count", 4);
        assertThat(skipped).contains(3L);
        assertThat(partition.restartAt()).isEqualTo(log.size());
    }

    static List<RuntimeException> transientFailures() {
        return List.of(
                new MongoException("unreachable"),
                new KafkaException("unreachable"),
                new IllegalStateException("busy"));
    }

    @ParameterizedTest
    @MethodSource("transientFailures")
    void while_the_store_is_unreachable_nothing_is_skipped(RuntimeException failure) {
        SkippingTurnStore skipping = new SkippingTurnStore(
                new FailingStreamStore(store, BAD, () -> failure), (offset, _) -> skipped.add(offset));
        answer(BAD);

        assertThatThrownBy(() -> write(skipping)).isSameAs(failure);
        write(store);

        assertThat(skipped).isEmpty();
        assertThat(store.messages()).containsOnlyKeys("ann/bad");
    }

    private void write(TurnStore to) {
        for (int i = Math.toIntExact(partition.writtenTo()); i < log.size(); i++) {
            partition.read(log.get(i));
        }
        PartitionWrites.write(List.of(partition), to, 0);
    }

    private void answer(StreamId stream) {
        start(stream);
        say(stream);
        stop(stream);
    }

    private void start(StreamId stream) {
        log.event(SESSION, CLAIM, TestLog.start(SESSION, stream, "hi", log.now()));
    }

    private void say(StreamId stream) {
        log.event(SESSION, CLAIM, new ContentChunk(stream.message(), 1, "x", false, null));
    }

    private void stop(StreamId stream) {
        log.stopped(SESSION, CLAIM, stream, 2, "x");
    }
}
