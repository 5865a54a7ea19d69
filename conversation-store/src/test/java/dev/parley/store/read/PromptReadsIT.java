package dev.parley.store.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.store.StoreAddress;
import dev.parley.store.StoreConnection;
import java.time.Duration;
import org.bson.Document;
import org.junit.jupiter.api.Test;

@WithBackends
class PromptReadsIT {
    private static final SessionKey SESSION = SessionKey.of("a/da", "s");

    @Test
    void the_newest_answered_turns_of_a_session_come_oldest_first(Backends backends) throws Exception {
        String uri = backends.mongoUri() + "/" + Backends.unique("history");
        try (MongoClient client = MongoClients.create(uri);
                StoreConnection connection = connection(uri)) {
            MongoCollection<Document> messages =
                    client.getDatabase(uri.substring(uri.lastIndexOf('/') + 1)).getCollection("messages");
            messages.insertOne(document(SESSION, "one", 10, "complete", "1"));
            messages.insertOne(document(SESSION, "two", 20, "stopped", "2"));
            messages.insertOne(document(SESSION, "empty", 25, "error", ""));
            messages.insertOne(document(SESSION, "three", 30, "complete", "3"));
            messages.insertOne(document(SESSION, "running", 40, "streaming", "4"));
            messages.insertOne(document(SessionKey.of("a", "da/s".replace('/', '-')), "other", 50, "complete", "5"));

            AnsweredTurns turns = new AnsweredTurns(connection);
            StoredStreams streams = new StoredStreams(connection);
            assertThat(turns.newest(SESSION, 3))
                    .as("of a session without a conversation")
                    .isEmpty();
            client.getDatabase(messages.getNamespace().getDatabaseName())
                    .getCollection("conversations")
                    .insertOne(new Document("_id", RecordKey.of(SESSION)));
            assertThat(turns.newest(SESSION, 3))
                    .extracting(AnsweredTurn::answer)
                    .containsExactly("2", "3");
            assertThat(streams.find(new StreamId(
                            SESSION.user(),
                            turns.newest(SESSION, 1).getFirst().id().message())))
                    .isEqualTo(new StoredStream.Known(SESSION, true, 30));
            assertThat(streams.find(StreamId.of("a/da", "running")))
                    .isEqualTo(new StoredStream.Known(SESSION, false, 40));
            assertThat(streams.find(StreamId.of("a/da", "unknown"))).isEqualTo(new StoredStream.Unknown());
        }
    }

    /** As the projection deletes a turn: without a conversation. */
    @Test
    void a_deleted_stream_names_the_deletion(Backends backends) throws Exception {
        String uri = backends.mongoUri() + "/" + Backends.unique("deleted");
        try (MongoClient client = MongoClients.create(uri);
                StoreConnection connection = connection(uri)) {
            client.getDatabase(uri.substring(uri.lastIndexOf('/') + 1))
                    .getCollection("messages")
                    .insertOne(new Document("_id", "a%2Fda/gone")
                            .append("status", "deleted")
                            .append("first_offset", 4L)
                            .append("last_offset", 9L));

            StoredStreams streams = new StoredStreams(connection);
            assertThat(streams.find(StreamId.of("a/da", "gone"))).isEqualTo(new StoredStream.Deleted(9));
        }
    }

    @Test
    void the_ability_with_the_highest_confidence_over_all_sessions_of_the_user_counts(Backends backends) {
        String uri = backends.mongoUri() + "/" + Backends.unique("ability");
        SessionKey other = SessionKey.of("a/da", "t");
        try (MongoClient client = MongoClients.create(uri);
                StoreConnection connection = connection(uri)) {
            MongoCollection<Document> messages =
                    client.getDatabase(uri.substring(uri.lastIndexOf('/') + 1)).getCollection("messages");
            messages.insertOne(learned(document(SESSION, "one", 10, "complete", "1"), "maths", 0.5, 0.1));
            messages.insertOne(learned(document(SESSION, "two", 20, "complete", "2"), "maths", 0.25, 0.2));
            messages.insertOne(learned(document(other, "three", 15, "complete", "3"), "maths", -1, 0.15));
            messages.insertOne(learned(document(other, "four", 30, "complete", "4"), "latin", 2, 0.9));
            messages.insertOne(document(SESSION, "none", 40, "complete", "5"));
            messages.insertOne(
                    learned(document(SessionKey.of("eve", "s"), "five", 50, "complete", "6"), "maths", 3, 0.99));

            AnsweredTurns turns = new AnsweredTurns(connection);
            assertThat(turns.bestAbility(other, "maths", true)).contains(new AbilityUpdated("maths", 0.25, 0.2));
            assertThat(turns.bestAbility(SESSION, "maths", false)).contains(new AbilityUpdated("maths", -1, 0.15));
            assertThat(turns.bestAbility(SESSION, "history", true)).isEmpty();
        }
    }

    private static StoreConnection connection(String uri) {
        Duration bound = Duration.ofSeconds(10);
        return StoreConnection.open(StoreAddress.parse(uri), "test", new StoreConnection.Timeouts(bound, bound), null);
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
