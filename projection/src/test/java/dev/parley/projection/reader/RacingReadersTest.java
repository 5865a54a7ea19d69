package dev.parley.projection.reader;

import dev.parley.store.testing.InMemoryTurnStore;
import dev.parley.store.write.TurnStore;
import java.util.Map;
import org.bson.Document;

class RacingReadersTest extends RacingReaders {

    private InMemoryTurnStore store = new InMemoryTurnStore();

    @Override
    TurnStore newStore() {
        store = new InMemoryTurnStore();
        return store;
    }

    @Override
    Map<String, Document> messages() {
        return store.messages();
    }

    @Override
    Map<String, Document> conversations() {
        return store.conversations();
    }
}
