package dev.parley.embedded;

import de.bwaldvogel.mongo.MongoVersion;
import java.util.List;

/**
 * The MongoDB version that the embedded store names, which clients take for what it can do.
 *
 * <p>Current drivers and tools ask for wire version 9 (MongoDB 4.4) at least; 17 leaves room for those that will ask for more. From a higher
 * one on they send commands that the store does not know.
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
