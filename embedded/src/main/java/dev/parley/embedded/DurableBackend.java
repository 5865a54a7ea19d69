package dev.parley.embedded;

import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import io.netty.channel.Channel;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.h2.mvstore.MVStore;

/**
 * Writes the file before it answers a write command, so that an acknowledged write survives a killed process.
 *
 * <p>One write changes several maps (document, index, sizes). The file is written only while no write command is running, so it never
 * contains half of one. Commands that wait for it at the same time share one write of the file.
 */
final class DurableBackend extends H2Backend {

    private static final String HELLO = "hello";
    private static final String IS_MASTER = "isMaster";

    private static final Set<String> READS = Set.of(
            "aggregate",
            "buildinfo",
            "connectionstatus",
            "count",
            "distinct",
            "endsessions",
            "find",
            "getmore",
            "hostinfo",
            "ismaster",
            "killcursors",
            "listcollections",
            "listdatabases",
            "listindexes",
            "ping",
            "serverstatus");

    private static final Set<String> STRUCTURAL =
            Set.of("collmod", "create", "createindexes", "drop", "dropdatabase", "dropindexes", "renamecollection");

    private static final long COMPACT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int COMPACT_BELOW_PERCENT = 50;
    private static final int COMPACT_BYTES = 1024 * 1024;
    /**
     * No time for compaction on closing: MVStore can fail there on an assertion of its own, and the file is compacted while the store
     * runs.
     */
    private static final int COMPACT_ON_CLOSE_MS = 0;

    private final MVStore file;
    /** Write commands hold the read lock, so they run in parallel; writing the file holds the write lock. */
    private final ReentrantReadWriteLock changes = new ReentrantReadWriteLock();

    /**
     * Commands that create or drop a collection or an index run alone. H2Backend locks single collections only: a new index would miss
     * documents that are written meanwhile, and a command that found a collection before it was dropped would leave a closed map under
     * its name, which makes that name unusable.
     */
    private final ReentrantReadWriteLock structure = new ReentrantReadWriteLock(true);

    private long lastCompaction = System.nanoTime();

    DurableBackend(MVStore file) {
        super(file);
        this.file = file;
        version(new StoreVersion());
    }

    @Override
    public Document handleCommand(Channel channel, String databaseName, String command, Document query) {
        if (command.equalsIgnoreCase(HELLO)) {
            return hello(super.handleCommand(channel, databaseName, IS_MASTER, query));
        }
        if (isRead(command, query)) {
            return perform(channel, databaseName, command, query);
        }
        changes.readLock().lock();
        try {
            return perform(channel, databaseName, command, query);
        } finally {
            changes.readLock().unlock();
            writeFile();
        }
    }

    /** The library knows only the older name of this command. */
    private static Document hello(Document isMaster) {
        Document answer = new Document();
        isMaster.forEach((name, value) -> answer.append(name.equals("ismaster") ? "isWritablePrimary" : name, value));
        return answer;
    }

    private Document perform(Channel channel, String databaseName, String command, Document query) {
        Lock lock =
                STRUCTURAL.contains(command.toLowerCase(Locale.ROOT)) ? structure.writeLock() : structure.readLock();
        lock.lock();
        try {
            return super.handleCommand(channel, databaseName, command, query);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        file.close(COMPACT_ON_CLOSE_MS);
        super.close();
    }

    private static boolean isRead(String command, Document query) {
        boolean writesItsResult = command.equalsIgnoreCase("aggregate")
                && (query.toString().contains("$out") || query.toString().contains("$merge"));
        return READS.contains(command.toLowerCase(Locale.ROOT)) && !writesItsResult;
    }

    private void writeFile() {
        changes.writeLock().lock();
        try {
            file.commit();
            compactNowAndThen();
        } finally {
            changes.writeLock().unlock();
        }
    }

    /** Compacts a little at a time, because every commit leaves old pages behind and writers wait meanwhile. */
    private void compactNowAndThen() {
        long now = System.nanoTime();
        if (now - lastCompaction > COMPACT_EVERY_NANOS) {
            lastCompaction = now;
            file.compact(COMPACT_BELOW_PERCENT, COMPACT_BYTES);
        }
    }
}
