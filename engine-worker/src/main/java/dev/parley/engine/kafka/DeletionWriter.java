package dev.parley.engine.kafka;

import dev.parley.engine.state.PartitionState.Deletion;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Writes deletions for a coordinator, which waits for nothing: an append may itself wait for a broker that is away, so each is made on a thread
 * of its own.
 */
final class DeletionWriter {
    private final Append append;
    private final Executor pause;
    private final Failed failed;

    /** Appends to the log. It may block. */
    interface Append {
        CompletableFuture<?> deletion(int partition, Deletion deletion);
    }

    /** Is told of what the log may not have, on any thread. */
    interface Failed {
        void deletionFailed(int partition, Deletion deletion);
    }

    /** @param pause runs what it is given some time later: a failed one is tried again as soon as {@code failed} is told */
    DeletionWriter(Append append, Executor pause, Failed failed) {
        this.append = append;
        this.pause = pause;
        this.failed = failed;
    }

    void write(int partition, Deletion deletion) {
        Thread.ofVirtual()
                .name("deletion")
                .start(() -> append.deletion(partition, deletion).whenComplete((_, failure) -> {
                    if (failure != null) {
                        pause.execute(() -> failed.deletionFailed(partition, deletion));
                    }
                }));
    }
}
