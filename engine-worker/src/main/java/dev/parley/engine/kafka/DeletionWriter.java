package dev.parley.engine.kafka;

import dev.parley.engine.state.PartitionState.Deletion;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Writes deletions for the coordinator, which must not block: an append may block while a broker is unreachable, so each has a thread of its own.
 */
final class DeletionWriter {
    private final Append append;
    private final Executor pause;
    private final Failed failed;

    /** Appends to the log. It may block. */
    interface Append {
        CompletableFuture<?> deletion(int partition, Deletion deletion);
    }

    /** Called on any thread for a deletion that the log may not have. */
    interface Failed {
        void deletionFailed(int partition, Deletion deletion);
    }

    /** @param pause runs its tasks some time later: a failed deletion is tried again as soon as {@code failed} is called */
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
