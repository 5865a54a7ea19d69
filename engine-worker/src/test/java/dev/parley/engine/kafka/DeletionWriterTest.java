package dev.parley.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.state.PartitionState.Deletion;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeletionWriterTest {
    private static final Deletion DELETION = new Deletion(7, new SessionKey(new UserId("ada"), new SessionId("s")), 3);

    private final BlockingQueue<Runnable> paused = new LinkedBlockingQueue<>();
    private final List<Deletion> failed = new CopyOnWriteArrayList<>();

    private DeletionWriter writer(DeletionWriter.Append append) {
        return new DeletionWriter(append, paused::add, (_, deletion) -> failed.add(deletion));
    }

    @Test
    void the_caller_does_not_wait_for_an_unreachable_broker() throws Exception {
        CompletableFuture<Boolean> brokerIsBack = new CompletableFuture<>();
        CompletableFuture<Boolean> knewBroker = new CompletableFuture<>();
        writer((_, _) -> {
                    knewBroker.complete(brokerIsBack
                            .completeOnTimeout(false, 5, TimeUnit.SECONDS)
                            .join());
                    return CompletableFuture.completedFuture(null);
                })
                .write(3, DELETION);
        brokerIsBack.complete(true);

        assertThat(knewBroker.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_failed_deletion_is_reported_after_a_pause() throws Exception {
        writer((_, _) -> CompletableFuture.failedFuture(new IllegalStateException("away")))
                .write(3, DELETION);
        Runnable afterThePause = Objects.requireNonNull(paused.poll(10, TimeUnit.SECONDS));

        assertThat(failed).isEmpty();
        afterThePause.run();
        assertThat(failed).containsExactly(DELETION);
    }
}
