package dev.parley.engine.context;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import dev.parley.engine.writer.Archive;
import dev.parley.prompt.PastTurn;
import dev.parley.prompt.ability.Abilities;
import dev.parley.prompt.assembly.History;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.service.startup.Address;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.mongodb.MongoMetricsCommandListener;
import io.micrometer.core.instrument.binder.mongodb.MongoMetricsConnectionPoolListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Reads the {@code messages} that the projection writes; never writes. Does not wait for a server that is away longer than its budget. */
public final class MongoHistory implements History, Abilities, Archive, AutoCloseable {
    private static final String DEFAULT_DATABASE = "parley";
    /** Of all turns that are read; with the turn that goes beyond it reading ends. */
    private static final int MAX_READ_CHARS = 1_000_000;

    private static final int BATCH = 25;
    private static final String ABILITY = "metadata.ability_updated";
    private static final Set<String> ANSWERED_WITH = Set.of("complete", "stopped", "error");
    private static final String DELETED = "deleted";
    private static final String FIRST = "first_offset";
    /** Of a deleted turn: the offset of the deletion. */
    private static final String LAST = "last_offset";
    /** Whether an id is known must be known before its stream starts, so a store that is slow is waited for. */
    private static final Duration IDS_TIMEOUT = Duration.ofSeconds(2);
    /** Of one question to the store. */
    private static final int MOST_KEYS = 500;

    private static final Bson ANSWERED = Filters.in("status", ANSWERED_WITH);

    private final MongoClient client;
    private final MongoClient idsClient;
    private final MongoCollection<Document> messages;
    private final MongoCollection<Document> conversations;
    private final BatchedLookup<String, Document> states;
    private final BatchedLookup<String, Document> sessions;

    /**
     * @param uri with the database's name
     * @param registry where the driver's meters are
     */
    public MongoHistory(String uri, Duration budget, MeterRegistry registry) {
        ConnectionString address = Address.ofStore(uri, ConnectionString::new);
        String database = Objects.requireNonNullElse(address.getDatabase(), DEFAULT_DATABASE);
        int budgetMs = Math.toIntExact(budget.toMillis());
        client = MongoClients.create(MongoClientSettings.builder()
                .applyConnectionString(address)
                .addCommandListener(new MongoMetricsCommandListener(registry))
                .applyToConnectionPoolSettings(
                        pool -> pool.addConnectionPoolListener(new MongoMetricsConnectionPoolListener(registry)))
                .applicationName("parley-engine-worker")
                .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(budgetMs, TimeUnit.MILLISECONDS))
                .applyToSocketSettings(socket -> socket.connectTimeout(budgetMs, TimeUnit.MILLISECONDS)
                        .readTimeout(budgetMs, TimeUnit.MILLISECONDS))
                .build());
        int idsMs = Math.toIntExact(IDS_TIMEOUT.toMillis());
        idsClient = MongoClients.create(MongoClientSettings.builder()
                .applyConnectionString(address)
                .applicationName("parley-engine-worker")
                .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(idsMs, TimeUnit.MILLISECONDS))
                .applyToSocketSettings(socket ->
                        socket.connectTimeout(idsMs, TimeUnit.MILLISECONDS).readTimeout(idsMs, TimeUnit.MILLISECONDS))
                .build());
        MongoCollection<Document> streams = idsClient.getDatabase(database).getCollection("messages");
        messages = client.getDatabase(database).getCollection("messages");
        conversations = client.getDatabase(database).getCollection("conversations");
        states = new BatchedLookup<>(MOST_KEYS, ids -> byId(streams, ids, "status", "conversation", FIRST, LAST));
        sessions = new BatchedLookup<>(MOST_KEYS, ids -> byId(conversations, ids, "_id"));
    }

    /** By nothing but the id, or the embedded store does without its index. */
    private static Map<String, Document> byId(MongoCollection<Document> from, Set<String> ids, String... fields) {
        Map<String, Document> found = new HashMap<>();
        from.find(Filters.in("_id", ids))
                .projection(Projections.include(fields))
                .forEach(document -> found.put(document.getString("_id"), document));
        return found;
    }

    @Override
    public List<PastTurn> newest(SessionKey session, int limit) throws InterruptedException {
        if (!isKnown(session)) {
            return List.of();
        }
        List<PastTurn> turns = new ArrayList<>();
        long chars = 0;
        try (MongoCursor<Document> found = messages.find(
                        Filters.and(Filters.eq("conversation", RecordKey.of(session)), ANSWERED))
                .projection(Projections.include("message_id", "message", "content"))
                .sort(Sorts.descending("first_offset"))
                .limit(limit)
                .batchSize(BATCH)
                .iterator()) {
            while (found.hasNext() && chars <= MAX_READ_CHARS) {
                Document turn = found.next();
                String answer = turn.getString("content");
                String message = turn.getString("message");
                if (answer != null && !answer.isEmpty() && message != null) {
                    StreamId id = new StreamId(session.user(), new MessageId(turn.getString("message_id")));
                    turns.add(new PastTurn(id, message, answer));
                    chars += message.length() + answer.length();
                }
            }
        }
        return turns.reversed();
    }

    /** A new session costs a look at one document; the embedded store would search all messages for what is not there. */
    private boolean isKnown(SessionKey session) throws InterruptedException {
        return sessions.get(RecordKey.of(session)).isPresent();
    }

    @Override
    public Optional<AbilityUpdated> best(SessionKey session, String subject, Within within) {
        List<Bson> wanted = new ArrayList<>();
        wanted.add(Filters.eq("user_id", session.user().value()));
        wanted.add(Filters.eq(ABILITY + ".subject", subject));
        if (within == Within.OTHER_SESSIONS) {
            wanted.add(Filters.ne("conversation", RecordKey.of(session)));
        }
        Document best = messages.find(Filters.and(wanted))
                .projection(Projections.include(ABILITY))
                .sort(Sorts.descending(ABILITY + ".confidence"))
                .first();
        return Optional.ofNullable(best).map(found -> ability(subject, found));
    }

    private static AbilityUpdated ability(String subject, Document found) {
        Document ability = found.get("metadata", Document.class).get("ability_updated", Document.class);
        return new AbilityUpdated(
                subject,
                ability.get("new_ability", Number.class).doubleValue(),
                ability.get("confidence", Number.class).doubleValue());
    }

    @Override
    public Found find(StreamId stream) throws InterruptedException {
        return states.get(RecordKey.encode(stream.user()) + "/" + stream.message())
                .map(turn -> found(stream, turn))
                .orElseGet(Found.Nothing::new);
    }

    private static Found found(StreamId stream, Document turn) {
        String status = turn.getString("status");
        return DELETED.equals(status)
                ? new Found.Deleted(offset(turn, LAST))
                : new Found.Stream(sessionOf(stream, turn), ANSWERED_WITH.contains(status), offset(turn, FIRST));
    }

    private static long offset(Document turn, String field) {
        Number offset = turn.get(field, Number.class);
        return offset == null ? 0 : offset.longValue();
    }

    private static SessionKey sessionOf(StreamId stream, Document turn) {
        String conversation = Objects.requireNonNullElse(turn.getString("conversation"), "");
        try {
            return RecordKey.parse(conversation);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "The document of message " + stream.message() + " names no conversation: " + conversation, e);
        }
    }

    @Override
    public void close() {
        client.close();
        idsClient.close();
    }
}
