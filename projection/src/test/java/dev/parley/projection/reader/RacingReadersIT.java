package dev.parley.projection.reader;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.store.write.TurnStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;

/** On MongoDB where Docker is present, else on the embedded store. */
@WithBackends
class RacingReadersIT extends RacingReaders {

    private final Backends backends;
    private final List<Database> databases = new ArrayList<>();

    RacingReadersIT(Backends backends) {
        this.backends = backends;
    }

    @AfterEach
    void close() {
        databases.forEach(Database::close);
    }

    @Override
    TurnStore newStore() {
        databases.add(new Database(backends.mongoUri(), Backends.unique("racing")));
        return databases.getLast().turns();
    }

    @Override
    Map<String, Document> messages() {
        return databases.getLast().messages("");
    }

    @Override
    Map<String, Document> conversations() {
        return databases.getLast().conversations("");
    }
}
