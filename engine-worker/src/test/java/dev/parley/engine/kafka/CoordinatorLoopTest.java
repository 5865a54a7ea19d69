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
    private final AtomicInteger read = new AtomicInteger();
    private final CoordinatorInbox inbox = new CoordinatorInbox(clock::get);
    private final CoordinatorLoop coordinator =
            new CoordinatorLoop(coordinator(), inbox, new Worker.Bounds(Integer.MAX_VALUE, Long.MAX_VALUE), clock::get);

    @Test
    void what_was_read_waits_as_soon_as_it_is_too_much_to_hold() {
        for (int n = 0; n < 3; n++) {
            assertThat(handed(MIB)).succeedsWithin(SOON);
        }
        CompletableFuture<Void> oneTooMany = handed(MIB);
        assertThat(oneTooMany).isNotDone();

        Thread thread = Thread.ofVirtual().start(coordinator);
        assertThat(oneTooMany).succeedsWithin(SOON);
        assertThat(handed(5 * MIB)).as("larger than all that may wait").succeedsWithin(SOON);
        stop(thread);
        assertThat(read).hasValue(5);
    }

    @Test
    void a_desk_that_does_not_get_on_is_known_by_that() {
        clock.addAndGet(Duration.ofSeconds(60).toNanos());
        assertThat(coordinator.isStuck()).isFalse();

        clock.addAndGet(1);
        assertThat(coordinator.isStuck()).isTrue();

        stop(Thread.ofVirtual().start(coordinator));
        assertThat(coordinator.isStuck()).isFalse();
    }

    private CompletableFuture<Void> handed(int bytes) {
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
                inbox.read(List.of(record), (_, _, _) -> read.incrementAndGet());
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

    /** Nothing is set going here. */
    private static final class Idle implements Coordinator.Effects, CoordinatorObserver {
        @Override
        public ActiveStream start(StreamTask task) {
            throw new AssertionError("nothing was asked");
        }

        @Override
        public void ask(int partition, StreamId stream, long events) {
            throw new AssertionError("nothing was asked");
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
