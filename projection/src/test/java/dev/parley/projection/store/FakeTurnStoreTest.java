package dev.parley.projection.store;

import java.util.Map;
import org.bson.Document;

class FakeTurnStoreTest extends TurnStoreContract {

    private FakeTurnStore fake = new FakeTurnStore();

    @Override
    TurnStore newStore() {
        fake = new FakeTurnStore();
        return fake;
    }

    @Override
    Map<String, Document> messages() {
        return fake.messages();
    }

    @Override
    Map<String, Document> archive() {
        return fake.archive();
    }

    @Override
    Map<String, Document> conversations() {
        return fake.conversations();
    }
}
