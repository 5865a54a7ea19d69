package dev.parley.engine.context;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.engine.writer.Archive;
import dev.parley.prompt.PastTurn;
import dev.parley.prompt.ability.Abilities.Within;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.bson.Document;
import org.junit.jupiter.api.Test;

@WithBackends
class MongoHistoryIT {
    private static final SessionKey SESSION = SessionKey.of("a/da", "s");

    @Test
    void the_newest_answered_turns_of_a_session_come_oldest_first(Backends backends) throws Exception {
        String uri = backends.mongoUri() + "/" + Backends.unique("history");
        try (MongoClient client = MongoClients.create(uri);
                MongoHistory history = new MongoHistory(uri, Duration.ofSeconds(10), new SimpleMeterRegistry())) {
            MongoCollection<Document> messages =
                    client.getDatabase(uri.substring(uri.lastIndexOf('/') + 1)).getCollection("messages");
            messages.insertOne(document(SESSION, "one", 10, "complete", "1"));
            messages.insertOne(document(SESSION, "two", 20, "stopped", "2"));
            messages.insertOne(document(SESSION, "empty", 25, "error", ""));
            messages.insertOne(document(SESSION, "three", 30, "complete", "3"));
            messages.insertOne(document(SESSION, "running", 40, "streaming", "4"));
            messages.insertOne(document(SessionKey.of("a", "da/s".replace('/', '-')), "other", 50, "complete", "5"));

            assertThat(history.newest(SESSION, 3))
                    .as("of a session that is not told")
                    .isEmpty();
            client.getDatabase(messages.getNamespace().getDatabaseName())
                    .getCollection("conversations")
                    .insertOne(new Document("_id", RecordKey.of(SESSION)));
            assertThat(history.newest(SESSION, 3)).extracting(PastTurn::answer).containsExactly("2", "3");
            assertThat(history.find(new StreamId(
                            SESSION.user(),
                            history.newest(SESSION, 1).getFirst().id().message())))
                    .isEqualTo(new Archive.Found.Stream(SESSION, true, 30));
            assertThat(history.find(StreamId.of("a/da", "running")))
                    .isEqualTo(new Archive.Found.Stream(SESSION, false, 40));
            assertThat(history.find(StreamId.of("a/da", "unknown"))).isEqualTo(new Archive.Found.Nothing());
        }
    }

    /** As the projection leaves it: without a conversation. */
    @Test
    void what_is_deleted_says_by_which_record(Backends backends) throws Exception {
        String uri = backends.mongoUri() + "/" + Backends.unique("deleted");
        try (MongoClient client = MongoClients.create(uri);
                MongoHistory history = new MongoHistory(uri, Duration.ofSeconds(10), new SimpleMeterRegistry())) {
            client.getDatabase(uri.substring(uri.lastIndexOf('/') + 1))
                    .getCollection("messages")
                    .insertOne(new Document("_id", "a%2Fda/gone")
                            .append("status", "deleted")
                            .append("first_offset", 4L)
                            .append("last_offset", 9L));

            assertThat(history.find(StreamId.of("a/da", "gone"))).isEqualTo(new Archive.Found.Deleted(9));
        }
    }

    @Test
    void the_ability_with_the_most_evidence_counts_over_all_sessions_of_the_user(Backends backends) {
        String uri = backends.mongoUri() + "/" + Backends.unique("ability");
        SessionKey other = SessionKey.of("a/da", "t");
        try (MongoClient client = MongoClients.create(uri);
                MongoHistory history = new MongoHistory(uri, Duration.ofSeconds(10), new SimpleMeterRegistry())) {
            MongoCollection<Document> messages =
                    client.getDatabase(uri.substring(uri.lastIndexOf('/') + 1)).getCollection("messages");
            messages.insertOne(learned(document(SESSION, "one", 10, "complete", "1"), "maths", 0.5, 0.1));
            messages.insertOne(learned(document(SESSION, "two", 20, "complete", "2"), "maths", 0.25, 0.2));
            messages.insertOne(learned(document(other, "three", 15, "complete", "3"), "maths", -1, 0.15));
            messages.insertOne(learned(document(other, "four", 30, "complete", "4"), "latin", 2, 0.9));
            messages.insertOne(document(SESSION, "none", 40, "complete", "5"));
            messages.insertOne(
                    learned(document(SessionKey.of("eve", "s"), "five", 50, "complete", "6"), "maths", 3, 0.99));

            assertThat(history.best(other, "maths", Within.ALL_SESSIONS))
                    .contains(new AbilityUpdated("maths", 0.25, 0.2));
            assertThat(history.best(SESSION, "maths", Within.OTHER_SESSIONS))
                    .contains(new AbilityUpdated("maths", -1, 0.15));
            assertThat(history.best(SESSION, "history", Within.ALL_SESSIONS)).isEmpty();
        }
    }

    private static Document learned(Document turn, String subject, double ability, double confidence) {
        return turn.append(
                "metadata",
                new Document(
                        "ability_updated",
                        new Document("subject", subject)
                                .append("new_ability", ability)
                                .append("confidence", confidence)));
    }

    private static Document document(SessionKey session, String id, long offset, String status, String content) {
        return new Document("_id", RecordKey.encode(session.user()) + "/" + id)
                .append("user_id", session.user().value())
                .append("conversation", RecordKey.of(session))
                .append("message_id", id)
                .append("message", id + "?")
                .append("content", content)
                .append("status", status)
                .append("first_offset", offset);
    }
}
