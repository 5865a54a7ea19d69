package dev.parley.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * One real Kafka node, broker and KRaft controller, in this process, on the loopback address only.
 *
 * <p>Topics, records and committed offsets are kept in the folder. An acknowledged record survives a killed process, because it is in the
 * operating system's page cache; a power cut can lose it, because Kafka does not wait for the disk. The address stays the same from start
 * to start while its port is free.
 *
 * <p>A fatal error of Kafka does not end this JVM; it completes {@link #failure()}.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private final Path folder;
    private final FolderLock lock;
    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private final CompletableFuture<String> failure;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedKafka(
            Path folder,
            FolderLock lock,
            KafkaRaftServer server,
            String bootstrapServers,
            CompletableFuture<String> failure) {
        this.folder = folder;
        this.lock = lock;
        this.server = server;
        this.bootstrapServers = bootstrapServers;
        this.failure = failure;
    }

    public static EmbeddedKafka start(Path folder) {
        return start(folder, 0, Map.of());
    }

    /**
     * Returns when the broker accepts requests.
     *
     * @param port 0 for the port of the last start, or any free one
     * @param changes broker settings that override the defaults
     * @throws FolderInUseException if another instance uses the folder
     */
    public static EmbeddedKafka start(Path folder, int port, Map<String, String> changes) {
        UnsafeWarning.suppress();
        var lock = FolderLock.take(folder);
        try {
            Path log = folder.resolve("log");
            format(log);
            return Ports.startOn(folder.resolve("port"), port, brokerPort -> {
                var settings = BrokerSettings.of(log, brokerPort, Ports.free(), changes);
                var failure = new CompletableFuture<String>();
                KafkaExits.watch(failure);
                try {
                    return new EmbeddedKafka(folder, lock, started(settings), "127.0.0.1:" + brokerPort, failure);
                } catch (Throwable e) {
                    KafkaExits.unwatch(failure);
                    throw e;
                }
            });
        } catch (Throwable e) {
            lock.close();
            throw e;
        }
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** The broker's version, which is also that of the Kafka clients of this build. */
    public static String version() {
        return AppInfoParser.getVersion();
    }

    /** Settings that clients can notice, for another broker that must behave like this one. */
    public static Map<String, String> settingsSeenByClients() {
        return BrokerSettings.SEEN_BY_CLIENTS;
    }

    /**
     * Completes with the reason if Kafka fails fatally; then only a restart helps. On a full disk the reason names the folder and what
     * to do.
     */
    public CompletableFuture<String> failure() {
        return failure.thenApply(reason -> FullDisk.sentence(folder).orElse(reason));
    }

    /** Shuts down cleanly and releases the folder. Further calls do nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            KafkaExits.unwatch(failure);
            try {
                stop(server);
            } finally {
                lock.close();
            }
        }
    }

    private static KafkaRaftServer started(Map<String, String> settings) {
        var server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        try {
            server.startup();
            return server;
        } catch (Throwable e) {
            stop(server);
            throw e;
        }
    }

    private static void stop(KafkaRaftServer server) {
        server.shutdown();
        server.awaitShutdown();
    }

    /** Formats a new folder and then moves it into place, so that an interrupted start leaves no half-formatted log folder. */
    private static void format(Path log) {
        if (Files.exists(log)) {
            return;
        }
        try {
            Path fresh = Files.createTempDirectory(log.toAbsolutePath().getParent(), "format-");
            var formatter = new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                    .setNodeId(BrokerSettings.NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                    .setMetadataLogDirectory(fresh.toString())
                    .addDirectory(fresh.toString());
            formatter.run();
            Files.move(fresh, log, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot format " + log.toAbsolutePath(), e);
        } catch (Exception e) {
            throw new IllegalStateException("Cannot format " + log.toAbsolutePath(), e);
        }
    }
}
