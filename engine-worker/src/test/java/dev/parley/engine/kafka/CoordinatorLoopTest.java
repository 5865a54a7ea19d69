package dev.parley.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.coordinator.Coordinator;
import dev.parley.engine.coordinator.CoordinatorObserver;
import dev.parley.engine.coordinator.CoordinatorSettings;
import dev.parley.engine.state.CommandRecord;
import dev.parley.engine.state.Decider;
import dev.parley.engine.state.DecisionSettings;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.stream.ActiveStream;
import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.StreamTask;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.repeats.IdHash;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class CoordinatorLoopTest {
    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int MIB = 1024 * 1024;

    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger recordsRead = new AtomicInteger();
    private final CoordinatorInbox inbox = new CoordinatorInbox(clock::get);
    private final CoordinatorLoop coordinator =
            new CoordinatorLoop(coordinator(), inbox, new Worker.Bounds(Integer.MAX_VALUE, Long.MAX_VALUE), clock::get);

    @Test
    void reading_waits_while_too_much_is_not_folded() {
        for (int n = 0; n < 3; n++) {
            assertThat(read(MIB)).succeedsWithin(SOON);
        }
        CompletableFuture<Void> oneTooMany = read(MIB);
        assertThat(oneTooMany).isNotDone();

        Thread thread = Thread.ofVirtual().start(coordinator);
        assertThat(oneTooMany).succeedsWithin(SOON);
        assertThat(read(5 * MIB)).as("larger than the bound").succeedsWithin(SOON);
        stop(thread);
        assertThat(recordsRead).hasValue(5);
    }

    @Test
    void a_coordinator_that_makes_no_progress_is_stuck() {
        clock.addAndGet(Duration.ofSeconds(60).toNanos());
        assertThat(coordinator.isStuck()).isFalse();

        clock.addAndGet(1);
        assertThat(coordinator.isStuck()).isTrue();

        stop(Thread.ofVirtual().start(coordinator));
        assertThat(coordinator.isStuck()).isFalse();
    }

    private CompletableFuture<Void> read(int bytes) {
        var record = new ConsumerRecord<>(
                "chat.events",
                0,
                0,
                0,
                TimestampType.CREATE_TIME,
                0,
                bytes,
                "",
                new byte[0],
                new RecordHeaders(),
                Optional.empty());
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                inbox.read(List.of(record), (_, _, _) -> recordsRead.incrementAndGet());
                done.complete(null);
            } catch (InterruptedException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private void stop(Thread thread) {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        inbox.execute(_ -> reached.complete(null));
        assertThat(reached).succeedsWithin(SOON);
        coordinator.close();
        assertThat(CompletableFuture.runAsync(() -> join(thread))).succeedsWithin(SOON);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Coordinator coordinator() {
        return new Coordinator(
                new CoordinatorSettings(
                        "me",
                        10,
                        Duration.ofSeconds(5),
                        4,
                        LEASE,
                        Duration.ofDays(1),
                        1_000,
                        new PartitionState.Bounds(100_000, 10, 100, 10, Duration.ofMinutes(1), LEASE)),
                new Decider(new DecisionSettings(
                        LEASE, Duration.ofSeconds(2), Duration.ofMillis(250), Duration.ofMillis(25), 5, true, 100)),
                new IdHash(),
                new Idle(),
                new Idle(),
                () -> "mine");
    }

    /** No effects are asked for here. */
    private static final class Idle implements Coordinator.Effects, CoordinatorObserver {
        @Override
        public ActiveStream start(StreamTask task) {
            throw new AssertionError("no effect was expected");
        }

        @Override
        public void ask(int partition, StreamId stream, long events) {
            throw new AssertionError("no effect was expected");
        }

        @Override
        public void delete(int partition, PartitionState.Deletion deletion) {}

        @Override
        public void deadLetter(CommandRecord.Unreadable record) {}

        @Override
        public void accepted() {}

        @Override
        public void dropped(DropReason reason) {}

        @Override
        public void unreadable(String topic) {}

        @Override
        public void started(Duration lag) {}

        @Override
        public void takeover(Decision.Purpose purpose) {}

        @Override
        public void refused() {}
    }
}
