package dev.parley.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.state.LogPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CheckpointWriterTest {
    private static final Duration BOUND = Duration.ofSeconds(10);

    private final List<Checkpoint> written = new ArrayList<>();

    private CheckpointWriter writer(Map<Integer, LogPosition> positions, Map<Integer, Checkpoint> newest) {
        return new CheckpointWriter("w1", () -> positions, () -> newest, checkpoint -> {
            written.add(checkpoint);
            return CompletableFuture.completedFuture(null);
        });
    }

    @Test
    void a_leaving_worker_writes_its_position() throws Exception {
        writer(Map.of(5, new LogPosition(70, 800)), Map.of(5, new Checkpoint(5, 60, 700, "w0", false)))
                .leave(Set.of(5), BOUND);

        assertThat(written).containsExactly(new Checkpoint(5, 70, 800, "w1", true));
    }

    @Test
    void a_leaving_worker_that_does_not_know_a_position_repeats_the_newest_checkpoint() throws Exception {
        writer(Map.of(), Map.of(5, new Checkpoint(5, 60, 700, "w0", false), 6, new Checkpoint(6, 1, 2, "w0", false)))
                .leave(Set.of(5), BOUND);

        assertThat(written).containsExactly(new Checkpoint(5, 60, 700, "w1", true));
    }

    @Test
    void without_any_checkpoint_a_leaving_worker_writes_nothing() throws Exception {
        writer(Map.of(), Map.of()).leave(Set.of(5), BOUND);

        assertThat(written).isEmpty();
    }
}
