package dev.parley.embedded;

import de.bwaldvogel.mongo.MongoServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.h2.mvstore.MVStore;

/**
 * A store that speaks the MongoDB wire protocol, in this process, on the loopback address only, in one file of the folder.
 *
 * <p>An acknowledged write survives a restart and a killed process. A power cut can lose the last seconds or damage the file, because the
 * store does not wait for the disk. When the disk is full, writes are refused until the store is started again. The address stays the
 * same from start to start while its port is free.
 *
 * <p>It is not MongoDB: it knows the common commands. It keeps unique indexes; it accepts other indexes and ignores them. It has no
 * replica sets, transactions or users.
 */
public final class EmbeddedStore implements AutoCloseable {

    private static final int CONNECTION_THREADS = 4;
    /** Small, because each write of the file repeats the pages that changed. */
    private static final int PAGE_BYTES = 4096;

    /** How long a replaced page stays readable, for queries that still use it. */
    private static final int KEEP_REPLACED_MS = 10_000;

    private final FolderLock lock;
    private final MongoServer server;
    private final String mongoUri;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedStore(FolderLock lock, MongoServer server, int port) {
        this.lock = lock;
        this.server = server;
        this.mongoUri = "mongodb://127.0.0.1:" + port;
    }

    public static EmbeddedStore start(Path folder) {
        return start(folder, 0);
    }

    /**
     * Returns when the store accepts requests.
     *
     * @param port 0 for the port of the last start, or any free one
     * @throws FolderInUseException if another instance uses the folder
     */
    public static EmbeddedStore start(Path folder, int port) {
        var lock = FolderLock.take(folder);
        try {
            Path file = folder.resolve("store.mv");
            return Ports.startOn(
                    folder.resolve("port"), port, free -> new EmbeddedStore(lock, serve(file, free), free));
        } catch (Throwable e) {
            lock.close();
            throw e;
        }
    }

    public String mongoUri() {
        return mongoUri;
    }

    /** Closes the clients' connections, writes the file and releases the folder. Further calls do nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                server.shutdownNow();
            } finally {
                lock.close();
            }
        }
    }

    /** {@link DurableBackend} alone decides when the file is written: no timer and no full buffer does. */
    private static MVStore open(Path file) {
        var store = new MVStore.Builder()
                .fileName(file.toAbsolutePath().toString())
                .autoCommitDisabled()
                .autoCommitBufferSize(0)
                .pageSplitSize(PAGE_BYTES)
                .open();
        store.setRetentionTime(KEEP_REPLACED_MS);
        return store;
    }

    private static MongoServer serve(Path file, int port) {
        var server = new MongoServer(new DurableBackend(open(file)));
        try {
            server.bind(new InetSocketAddress(Ports.loopback(), port), 1, CONNECTION_THREADS);
            return server;
        } catch (Throwable e) {
            server.shutdownNow();
            throw e;
        }
    }
}
