package dev.parley.store.write;

import dev.parley.store.testing.InMemoryTurnStore;
import java.util.Map;
import org.bson.Document;

class InMemoryTurnStoreTest extends TurnStoreContract {

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
    Map<String, Document> archive() {
        return store.archive();
    }

    @Override
    Map<String, Document> conversations() {
        return store.conversations();
    }
}
