package dev.parley.store;

import com.mongodb.ConnectionString;
import java.util.List;
import java.util.Objects;

/** The address of the store, in the form of {@code MONGODB_URI}. */
public final class StoreAddress {

    /** The database of an address that names none. */
    public static final String DEFAULT_DATABASE = "parley";

    /** Where the store is if no setting says it. */
    public static final String DEFAULT_URI = "mongodb://localhost:27017/" + DEFAULT_DATABASE;

    private final ConnectionString uri;

    private StoreAddress(ConnectionString uri) {
        this.uri = uri;
    }

    /**
     * @param uri such as {@code mongodb://user:password@host:27017/parley}; nothing is connected yet
     * @throws IllegalArgumentException if it is not an address of MongoDB. The message may quote it, with its password
     */
    public static StoreAddress parse(String uri) {
        return new StoreAddress(new ConnectionString(uri));
    }

    /** Hosts and ports, without user and password. */
    public List<String> hosts() {
        return uri.getHosts();
    }

    public String database() {
        return Objects.requireNonNullElse(uri.getDatabase(), DEFAULT_DATABASE);
    }

    ConnectionString uri() {
        return uri;
    }
}
