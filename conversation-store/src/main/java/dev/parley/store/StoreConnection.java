package dev.parley.store;

import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import dev.parley.store.document.StoreCollections;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.mongodb.MongoMetricsCommandListener;
import io.micrometer.core.instrument.binder.mongodb.MongoMetricsConnectionPoolListener;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection pool to the store. Opening it does not connect: the store may start later, stop and start again. Calls fail with a {@link
 * com.mongodb.MongoException} while it cannot be reached. Thread-safe.
 */
public final class StoreConnection implements AutoCloseable {

    private final MongoClient client;
    private final MongoDatabase database;

    private StoreConnection(MongoClient client, MongoDatabase database) {
        this.client = client;
        this.database = database;
    }

    /**
     * How long a call may take.
     *
     * @param connect to find the server, and to connect to it
     * @param read to wait for bytes of an answer; zero for no bound
     */
    public record Timeouts(Duration connect, Duration read) {}

    /**
     * @param application what the server's log calls this client
     * @param meters where the driver's meters are registered, or null for none
     */
    public static StoreConnection open(
            StoreAddress address, String application, Timeouts timeouts, @Nullable MeterRegistry meters) {
        int connectMs = Math.toIntExact(timeouts.connect().toMillis());
        int readMs = Math.toIntExact(timeouts.read().toMillis());
        MongoClientSettings.Builder settings = MongoClientSettings.builder()
                .applyConnectionString(address.uri())
                .applicationName(application)
                .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(connectMs, TimeUnit.MILLISECONDS))
                .applyToSocketSettings(socket -> socket.connectTimeout(connectMs, TimeUnit.MILLISECONDS)
                        .readTimeout(readMs, TimeUnit.MILLISECONDS));
        if (meters != null) {
            settings.addCommandListener(new MongoMetricsCommandListener(meters))
                    .applyToConnectionPoolSettings(
                            pool -> pool.addConnectionPoolListener(new MongoMetricsConnectionPoolListener(meters)));
        }
        MongoClient client = MongoClients.create(settings.build());
        return new StoreConnection(client, client.getDatabase(address.database()));
    }

    public StoreCollections collections() {
        return new StoreCollections(database);
    }

    /** Collections of a rebuild, whose names have this suffix. */
    public StoreCollections collections(String suffix) {
        return new StoreCollections(database, suffix);
    }

    @Override
    public void close() {
        client.close();
    }
}
