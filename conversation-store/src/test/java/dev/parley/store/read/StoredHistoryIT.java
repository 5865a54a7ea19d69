package dev.parley.store.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClients;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.schema.id.SessionKey;
import dev.parley.store.StoreAddress;
import dev.parley.store.StoreConnection;
import java.time.Duration;
import org.bson.Document;
import org.junit.jupiter.api.Test;

@WithBackends
class StoredHistoryIT {

    @Test
    void of_a_deleted_conversation_nothing_is_found(Backends backends) {
        String database = Backends.unique("history");
        SessionKey session = SessionKey.of("ann", "s1");
        try (var mongo = MongoClients.create(backends.mongoUri());
                var history = new StoredHistory(connection(backends, database))) {
            mongo.getDatabase(database)
                    .getCollection("conversations")
                    .insertOne(new Document("_id", "ann/s1")
                            .append("message_count", 0)
                            .append("last_offset", 7L));
            mongo.getDatabase(database)
                    .getCollection("messages")
                    .insertOne(new Document("_id", "ann/m1")
                            .append("status", "deleted")
                            .append("first_offset", 3L)
                            .append("last_offset", 7L));

            assertThat(history.conversations().find(session)).isEmpty();
            assertThat(history.turns().messages(session, null, 10)).isEmpty();
            assertThat(history.turns().messages(session, new Cursor(3, "0"), 10))
                    .isEmpty();
            assertThat(history.conversations().list(session.user(), null, 10).items())
                    .isEmpty();
        }
    }

    private static StoreConnection connection(Backends backends, String database) {
        Duration bound = Duration.ofSeconds(10);
        return StoreConnection.open(
                StoreAddress.parse(backends.mongoUri() + "/" + database),
                "test",
                new StoreConnection.Timeouts(bound, bound),
                null);
    }
}
