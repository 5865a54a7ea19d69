package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.projection.turn.PartitionFold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class OffsetCommitsTest {

    private static final TopicPartition PARTITION = new TopicPartition("chat.events", 0);

    private final Map<TopicPartition, ReadPartition> partitions = new HashMap<>();
    private final List<Long> sent = new ArrayList<>();
    private final List<OffsetCommitCallback> callbacks = new ArrayList<>();
    private long nowNanos;

    /** Answers a commit only when the test does. */
    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized void commitAsync(
                Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
            sent.add(Objects.requireNonNull(offsets.get(PARTITION)).offset());
            callbacks.add((_, failure) -> callback.onComplete(offsets, failure));
        }
    };

    private final OffsetCommits commits =
            new OffsetCommits(consumer, partitions, Duration.ofSeconds(1), () -> nowNanos);

    @Test
    void the_next_commit_waits_until_the_last_is_answered() {
        readTo(5);
        commitEachSecondFor(30);
        assertThat(sent).containsExactly(5L);

        callbacks.getLast().onComplete(Map.of(), new RetriableCommitFailedException("no answer"));
        readTo(9);
        commitEachSecondFor(30);
        assertThat(sent).containsExactly(5L, 9L);

        callbacks.getLast().onComplete(Map.of(), null);
        commitEachSecondFor(30);
        assertThat(sent).as("9 is committed").containsExactly(5L, 9L);
        readTo(10);
        commitEachSecondFor(1);
        assertThat(sent).containsExactly(5L, 9L, 10L);
    }

    @Test
    void a_commit_without_an_answer_delays_the_next_one_for_a_minute_only() {
        readTo(5);
        commitEachSecondFor(90);
        assertThat(sent).containsExactly(5L, 5L);
    }

    private void commitEachSecondFor(int seconds) {
        for (int i = 0; i < seconds; i++) {
            nowNanos += Duration.ofSeconds(1).toNanos();
            commits.commitIfDue();
        }
    }

    private void readTo(long offset) {
        partitions.put(
                PARTITION,
                new ReadPartition(
                        offset, 0, new PartitionFold(Duration.ofHours(1)), new WritePolicy(Duration.ZERO, 0)));
    }
}
