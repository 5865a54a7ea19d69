package dev.parley.embedded;

import de.bwaldvogel.mongo.MongoVersion;
import java.util.List;

/**
 * The MongoDB version that the embedded store reports. Clients derive from it what the store can do.
 *
 * <p>Current drivers and tools need wire version 9 (MongoDB 4.4) at least; 17 leaves room for drivers that need more. From higher
 * versions on they send commands that the store does not know.
 */
final class StoreVersion implements MongoVersion {

    @Override
    public List<Integer> getVersionArray() {
        return List.of(6, 0, 0);
    }

    @Override
    public int getWireVersion() {
        return 17;
    }
}
