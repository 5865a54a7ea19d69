package dev.parley.gateway.history;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Sorts;
import dev.parley.schema.archive.ArchiveReader;
import dev.parley.schema.archive.RawRecord;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.service.startup.Address;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.mongodb.MongoMetricsCommandListener;
import io.micrometer.core.instrument.binder.mongodb.MongoMetricsConnectionPoolListener;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Finished and running conversations, read from what the projection writes. Every query names the user, so nobody sees what is
 * another's.
 */
public final class History implements AutoCloseable {

    private static final int TIMEOUT_MS = 2_000;

    private final MongoClient client;
    private final MongoCollection<Document> conversations;
    private final MongoCollection<Document> messages;
    private final MongoCollection<Document> archive;
    private final MongoCollection<Document> progress;
    private volatile ToLongFunction<SessionKey> deletedAt = _ -> -1;

    private History(MongoClient client, MongoDatabase database) {
        this.client = client;
        this.conversations = database.getCollection("conversations");
        this.messages = database.getCollection("messages");
        this.archive = database.getCollection("stream_archive");
        this.progress = database.getCollection("log_progress");
    }

    /** As {@link #connect(String, MeterRegistry)}, without meters. */
    public static History connect(String uri) {
        return connect(uri, new SimpleMeterRegistry());
    }

    /**
     * @param uri of MongoDB; the database is the one in it, or {@code parley}. It need not be there yet
     * @param registry where the driver's meters are
     */
    public static History connect(String uri, MeterRegistry registry) {
        ConnectionString connection = Address.ofStore(uri, ConnectionString::new);
        MongoClient client = MongoClients.create(MongoClientSettings.builder()
                .applyConnectionString(connection)
                .addCommandListener(new MongoMetricsCommandListener(registry))
                .applyToConnectionPoolSettings(
                        pool -> pool.addConnectionPoolListener(new MongoMetricsConnectionPoolListener(registry)))
                .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(TIMEOUT_MS, TimeUnit.MILLISECONDS))
                .applyToSocketSettings(socket -> socket.connectTimeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .readTimeout(2 * TIMEOUT_MS, TimeUnit.MILLISECONDS))
                .build());
        String database = connection.getDatabase();
        return new History(client, client.getDatabase(database == null ? "parley" : database));
    }

    /**
     * Has it leave out what was deleted already, while the projection has not come so far.
     *
     * @param offsets of the last deletion of a session in its partition of {@code chat.events}, -1 if none is known
     */
    public void hideDeleted(ToLongFunction<SessionKey> offsets) {
        deletedAt = offsets;
    }

    /** Something that changes when the projection writes what it reads in the log. */
    public Object progress() {
        Document read = progress.find(Filters.eq("_id", "chat.events")).first();
        return List.of(messages.estimatedDocumentCount(), read == null ? 0L : number(read, "records"));
    }

    /** A user's conversations, the one that was active last first. */
    public Page<ConversationSummary> conversations(UserId user, @Nullable Cursor after, int limit) {
        Bson ofUser = Filters.eq("user_id", user.value());
        Bson filter = after == null
                ? ofUser
                : Filters.and(
                        ofUser,
                        Filters.or(
                                Filters.lt("updated_at", new Date(after.position())),
                                Filters.and(
                                        Filters.eq("updated_at", new Date(after.position())),
                                        Filters.gt("_id", after.detail()))));
        List<Document> found = conversations
                .find(filter)
                .sort(Sorts.orderBy(Sorts.descending("updated_at"), Sorts.ascending("_id")))
                .limit(limit + 1)
                .into(new ArrayList<>());
        boolean more = found.size() > limit;
        List<Document> shown = more ? found.subList(0, limit) : found;
        Cursor next = more ? conversationCursor(shown.getLast()) : null;
        return new Page<>(
                shown.stream()
                        .filter(each -> !isDeleted(each, "last_offset"))
                        .map(History::summary)
                        .toList(),
                next == null ? null : next.text());
    }

    /** Of these conversations, those that the store has. */
    Set<SessionId> known(UserId user, Collection<SessionId> sessions) {
        if (sessions.isEmpty()) {
            return Set.of();
        }
        List<String> ids = sessions.stream()
                .map(session -> RecordKey.of(new SessionKey(user, session)))
                .toList();
        Set<SessionId> known = new HashSet<>();
        conversations.find(Filters.in("_id", ids)).forEach(each -> {
            if (isSomebodys(each) && !isDeleted(each, "last_offset")) {
                known.add(new SessionId(each.getString("session_id")));
            }
        });
        return known;
    }

    /** Of these messages, those that the store has. */
    Set<MessageId> knownMessages(UserId user, Collection<MessageId> ids) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        List<String> keys = ids.stream().map(id -> key(new StreamId(user, id))).toList();
        Set<MessageId> known = new HashSet<>();
        messages.find(Filters.in("_id", keys)).forEach(each -> {
            if (isSomebodys(each) && !isDeleted(each, "first_offset")) {
                known.add(new MessageId(each.getString("message_id")));
            }
        });
        return known;
    }

    private boolean isDeleted(Document document, String offset) {
        String user = document.getString("user_id");
        String session = document.getString("session_id");
        return user != null
                && session != null
                && number(document, offset) < deletedAt.applyAsLong(SessionKey.of(user, session));
    }

    private static Cursor conversationCursor(Document conversation) {
        return new Cursor(conversation.getDate("updated_at").getTime(), conversation.getString("_id"));
    }

    public Optional<ConversationSummary> conversation(SessionKey session) {
        return Optional.ofNullable(conversations
                        .find(Filters.eq("_id", RecordKey.of(session)))
                        .first())
                .filter(History::isSomebodys)
                .filter(found -> !isDeleted(found, "last_offset"))
                .map(History::summary);
    }

    /** Of what is deleted only the id is left, so that no late writer brings it back. */
    private static boolean isSomebodys(Document document) {
        return document.containsKey("user_id");
    }

    private static ConversationSummary summary(Document conversation) {
        return new ConversationSummary(
                conversation.getString("session_id"),
                Objects.requireNonNullElse(conversation.getString("title"), ""),
                instant(conversation, "created_at"),
                instant(conversation, "updated_at"),
                conversation.get("message_count", Number.class) instanceof Number count ? count.intValue() : 0);
    }

    private static Instant instant(Document document, String field) {
        Object value = document.get(field);
        return switch (value) {
            case Date date -> date.toInstant();
            case String text -> Instant.parse(text);
            case null, default -> Instant.EPOCH;
        };
    }

    /** How far a stream is, as far as the projection has come. */
    public Optional<StreamStatus> stream(StreamId id) {
        return Optional.ofNullable(messages.find(Filters.eq("_id", key(id))).first())
                .filter(History::isSomebodys)
                .filter(found -> !isDeleted(found, "first_offset"))
                .map(History::status);
    }

    /** Where in {@code chat.events} the stream begins, if its turn is there and not deleted. */
    public Optional<Beginning> beginning(StreamId id) {
        return Optional.ofNullable(messages.find(Filters.eq("_id", key(id))).first())
                .filter(History::isSomebodys)
                .filter(found -> !isDeleted(found, "first_offset"))
                .map(turn -> new Beginning((int) number(turn, "partition"), number(turn, "first_offset")));
    }

    /** See {@link #beginning}. */
    public record Beginning(int partition, long offset) {}

    /**
     * A finished stream with all of its records.
     *
     * @throws IllegalArgumentException if what is archived cannot be read
     */
    public Optional<ArchivedStream> archived(StreamId id) {
        String key = key(id);
        Map<String, Document> found = byId(List.of(key + "#0", key + "#late"));
        Document first = found.get(key + "#0");
        if (first == null) {
            return Optional.empty();
        }
        List<String> further = IntStream.range(1, (int) number(first, "parts"))
                .mapToObj(part -> key + "#" + part)
                .toList();
        Map<String, Document> rest = further.isEmpty() ? Map.of() : byId(further);
        List<byte[]> parts = new ArrayList<>(List.of(bytes(first)));
        for (String part : further) {
            Document there = rest.get(part);
            if (there == null) {
                throw new IllegalArgumentException("a part is missing");
            }
            parts.add(bytes(there));
        }
        List<RawRecord> records = new ArrayList<>(ArchiveReader.read(id, parts));
        Document late = found.get(key + "#late");
        if (late != null) {
            records.addAll(ArchiveReader.read(id, lateParts(late)));
        }
        if (!records.isEmpty() && records.getFirst().offset() < deletedAt.applyAsLong(session(records.getFirst()))) {
            return Optional.empty();
        }
        return Optional.of(
                new ArchivedStream(id, (int) number(first, "partition"), first.getString("digest"), records));
    }

    private static SessionKey session(RawRecord record) {
        return RecordKey.parse(record.key());
    }

    /** The digest that was taken when the stream was archived. */
    public Optional<String> archivedDigest(StreamId id) {
        return Optional.ofNullable(
                        archive.find(Filters.eq("_id", key(id) + "#0")).first())
                .map(first -> first.getString("digest"));
    }

    private Map<String, Document> byId(List<String> ids) {
        Map<String, Document> found = new HashMap<>();
        archive.find(Filters.in("_id", ids)).forEach(each -> found.put(each.getString("_id"), each));
        return found;
    }

    private static List<byte[]> lateParts(Document late) {
        List<byte[]> parts = new ArrayList<>();
        if (late.get("data") instanceof List<?> all) {
            for (Object part : all) {
                if (part instanceof Binary data) {
                    parts.add(data.getData());
                }
            }
        }
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("what came late has no data");
        }
        return parts;
    }

    private static byte[] bytes(Document part) {
        if (part.get("data") instanceof Binary data) {
            return data.getData();
        }
        throw new IllegalArgumentException("a part of the archive has no data");
    }

    private static String key(StreamId id) {
        return RecordKey.encode(id.user()) + "/" + id.message();
    }

    /** The provider is the one that answered, which only whole answers name, or else the one that was to answer. */
    private static StreamStatus status(Document turn) {
        Document metadata = turn.get("metadata", Document.class);
        return new StreamStatus(
                turn.getString("message_id"),
                turn.getString("session_id"),
                turn.getString("ai_message_id"),
                turn.getString("status"),
                number(turn, "events") - 1,
                (int) number(turn, "attempts"),
                text(metadata, "provider_used")
                        .or(() -> text(metadata, "provider"))
                        .orElse(null),
                text(metadata, "model").orElse(null),
                turn.get("created_at") == null ? null : instant(turn, "created_at"),
                turn.get("ended_at") == null ? null : instant(turn, "ended_at"));
    }

    private static Optional<String> text(@Nullable Document document, String field) {
        return document != null && document.get(field) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static long number(Document document, String field) {
        return document.get(field) instanceof Number number ? number.longValue() : 0;
    }

    /** The messages of a conversation, oldest first: a user's and its answer are two. Empty if nobody knows the conversation. */
    public Optional<Page<Map<String, Object>>> messages(SessionKey session, @Nullable Cursor after, int limit) {
        List<Document> turns = messages.find(turnsFrom(session, after))
                .sort(Sorts.ascending("first_offset"))
                .limit(limit / 2 + 2)
                .into(new ArrayList<>());
        if (turns.isEmpty() && conversation(session).isEmpty()) {
            return Optional.empty();
        }
        List<Map<String, Object>> items = new ArrayList<>();
        Cursor last = null;
        for (Document turn : turns) {
            if (isDeleted(turn, "first_offset")) {
                continue;
            }
            List<Map<String, Object>> both = TurnMessages.of(turn);
            for (int part = 0; part < both.size(); part++) {
                Cursor here = new Cursor(number(turn, "first_offset"), String.valueOf(part));
                if (after != null && !here.isAfter(after)) {
                    continue;
                }
                if (items.size() == limit) {
                    return Optional.of(
                            new Page<>(items, Objects.requireNonNull(last).text()));
                }
                items.add(both.get(part));
                last = here;
            }
        }
        return Optional.of(new Page<>(items, null));
    }

    private static Bson turnsFrom(SessionKey session, @Nullable Cursor after) {
        Bson inSession = Filters.eq("conversation", RecordKey.of(session));
        return after == null ? inSession : Filters.and(inSession, Filters.gte("first_offset", after.position()));
    }

    @Override
    public void close() {
        client.close();
    }

    /** Where a page ended; opaque to clients. */
    public record Cursor(long position, String detail) {

        /** @throws IllegalArgumentException if the text is no cursor */
        public static Cursor parse(String text) {
            String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            int colon = plain.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("not a cursor");
            }
            return new Cursor(Long.parseLong(plain, 0, colon, 10), plain.substring(colon + 1));
        }

        String text() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((position + ":" + detail).getBytes(StandardCharsets.UTF_8));
        }

        boolean isAfter(Cursor other) {
            return position > other.position || (position == other.position && detail.compareTo(other.detail) > 0);
        }
    }
}
