package dev.parley.gateway.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClients;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.schema.id.SessionKey;
import org.bson.Document;
import org.junit.jupiter.api.Test;

@WithBackends
class HistoryIT {

    @Test
    void of_a_deleted_conversation_nothing_is_found(Backends backends) {
        String database = Backends.unique("history");
        SessionKey session = SessionKey.of("ann", "s1");
        try (var mongo = MongoClients.create(backends.mongoUri());
                var history = History.connect(backends.mongoUri() + "/" + database)) {
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

            assertThat(history.conversation(session)).isEmpty();
            assertThat(history.messages(session, null, 10)).isEmpty();
            assertThat(history.messages(session, new History.Cursor(3, "0"), 10))
                    .isEmpty();
            assertThat(history.conversations(session.user(), null, 10).items()).isEmpty();
        }
    }
}
