package dev.parley.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka and the store together in one data folder: {@code kafka/} and {@code store/}. {@link EmbeddedKafka} and {@link EmbeddedStore} say
 * what each guarantees.
 */
public final class Embedded implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Embedded.class);

    private final EmbeddedKafka kafka;
    private final EmbeddedStore store;

    private Embedded(EmbeddedKafka kafka, EmbeddedStore store) {
        this.kafka = kafka;
        this.store = store;
    }

    /**
     * Starts both in parallel and returns when both accept requests. If one cannot start, the other is closed.
     *
     * @throws FolderInUseException if another instance uses the folder
     * @throws DiskFullException if they cannot start because the disk is full
     */
    public static Embedded start(Path dataDir) {
        try {
            return startBoth(dataDir);
        } catch (FolderInUseException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            FullDisk.sentence(dataDir).ifPresent(sentence -> {
                throw new DiskFullException(sentence, e);
            });
            throw e;
        }
    }

    private static Embedded startBoth(Path dataDir) {
        long begin = System.nanoTime();
        var store = startInBackground(() -> EmbeddedStore.start(dataDir.resolve("store")));
        EmbeddedKafka kafka;
        try {
            kafka = EmbeddedKafka.start(dataDir.resolve("kafka"));
        } catch (Throwable e) {
            store.thenAccept(EmbeddedStore::close)
                    .exceptionally(alsoFailed -> null)
                    .join();
            throw e;
        }
        var both = new Embedded(kafka, join(store, kafka));
        log.info(
                "Embedded Kafka {} on {} and store on {} ready in {} ms, data in {}",
                EmbeddedKafka.version(),
                both.bootstrapServers(),
                both.mongoUri(),
                Duration.ofNanos(System.nanoTime() - begin).toMillis(),
                dataDir.toAbsolutePath().normalize());
        return both;
    }

    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    public String mongoUri() {
        return store.mongoUri();
    }

    /** See {@link EmbeddedKafka#failure()}. */
    public CompletableFuture<String> failure() {
        return kafka.failure();
    }

    /** Closes both cleanly. Further calls do nothing. */
    @Override
    public void close() {
        try {
            kafka.close();
        } finally {
            store.close();
        }
    }

    private static <T> CompletableFuture<T> startInBackground(Supplier<T> start) {
        return CompletableFuture.supplyAsync(
                start, task -> Thread.ofPlatform().name("store-start").start(task));
    }

    private static EmbeddedStore join(CompletableFuture<EmbeddedStore> store, EmbeddedKafka kafka) {
        try {
            return store.join();
        } catch (CompletionException e) {
            kafka.close();
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
