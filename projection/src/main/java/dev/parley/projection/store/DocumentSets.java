package dev.parley.projection.store;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import dev.parley.projection.turn.AppliedDeletion;
import dev.parley.schema.archive.ArchiveReader;
import dev.parley.schema.archive.RawRecord;
import dev.parley.schema.archive.StreamDigest;
import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;

/** The collections of the projection as wholes: one set that all read, and further ones, whose names have an ending. */
public final class DocumentSets {

    public static final List<String> NAMES =
            List.of(MongoTurnStore.ARCHIVE, MongoTurnStore.MESSAGES, MongoTurnStore.CONVERSATIONS);

    private static final String PARTITION = "partition";
    private static final String DATA = "data";

    private final MongoDatabase database;

    public DocumentSets(MongoDatabase database) {
        this.database = database;
    }

    public void drop(String ending) {
        List<String> there = database.listCollectionNames().into(new ArrayList<>());
        NAMES.stream()
                .map(name -> name + ending)
                .filter(there::contains)
                .forEach(name -> database.getCollection(name).drop());
    }

    /**
     * What a document says: SHA-256 over its BSON.
     *
     * @param lastOffset of the record that changed it last
     */
    public record Digest(String sha256, long lastOffset) {}

    /** By id; of turns only those that are over, for the others are written now and then only. */
    public Map<String, Digest> digests(String name, String ending) {
        return digests(name, ending, Set.of());
    }

    /** As {@link #digests(String, String)}, and of these also what is still written: what shall take its place must know what is there. */
    public Map<String, Digest> digests(String name, String ending, Set<String> alsoWritten) {
        Map<String, Digest> digests = new HashMap<>();
        for (Document each : database.getCollection(name + ending).find()) {
            if (each.containsKey(TurnDocuments.LAST_OFFSET)
                    && (!"streaming".equals(each.getString(TurnDocuments.STATUS))
                            || alsoWritten.contains(each.getString(TurnDocuments.ID)))) {
                digests.put(
                        each.getString(TurnDocuments.ID),
                        new Digest(sha256(each), each.getLong(TurnDocuments.LAST_OFFSET)));
            }
        }
        return digests;
    }

    private static String sha256(Document document) {
        BsonDocument sorted = new BsonDocument();
        BsonDocument bson = document.toBsonDocument();
        for (String field : bson.keySet().stream().sorted().toList()) {
            BsonValue value = bson.get(field);
            sorted.append(field, value);
        }
        byte[] bytes = new RawBsonDocument(sorted, new BsonDocumentCodec())
                .getByteBuffer()
                .array();
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A document that differs, and what it was compared with: null if there was none. */
    public record Change(String id, @Nullable Digest there) {}

    /**
     * Puts documents with this ending in the place of those without, each at once and only if it is still what it was compared with; what has
     * none with this ending is deleted. A reader finds the old document or the new one.
     *
     * @return how many were put
     */
    public int put(String name, String ending, List<Change> changes) {
        MongoCollection<Document> fresh = database.getCollection(name + ending);
        MongoCollection<Document> live = database.getCollection(name);
        int put = 0;
        for (Change change : changes) {
            Document document =
                    fresh.find(Filters.eq(TurnDocuments.ID, change.id())).first();
            if (document != null) {
                GuardedWrites write = new GuardedWrites();
                if (change.there() == null) {
                    write.insert(document);
                } else {
                    write.replace(change.there().lastOffset(), document);
                }
                put += write.write(live) ? 1 : 0;
            } else {
                delete(name, List.of(change));
            }
        }
        return put;
    }

    /** Deletes documents that are still what they were compared with. */
    public void delete(String name, List<Change> changes) {
        for (Change change : changes) {
            if (change.there() != null) {
                database.getCollection(name)
                        .deleteOne(new Document(TurnDocuments.ID, change.id())
                                .append(
                                        TurnDocuments.LAST_OFFSET,
                                        change.there().lastOffset()));
            }
        }
    }

    /**
     * Copies what neither Kafka nor an archive tells any more: what is deleted and began, and what was deleted, before these offsets.
     *
     * @param partitionOf the partition of the user of an encoded key
     */
    public void copyDeletions(String ending, Map<Integer, Long> beginnings, ToIntFunction<String> partitionOf) {
        List<Document> turns = new ArrayList<>();
        database.getCollection(MongoTurnStore.MESSAGES)
                .find(Filters.eq(TurnDocuments.STATUS, TurnDocuments.DELETED))
                .forEach(turn -> {
                    if (turn.getLong(TurnDocuments.FIRST_OFFSET)
                            < beginnings.getOrDefault(turn.getInteger(PARTITION), 0L)) {
                        turns.add(turn);
                    }
                });
        insert(MongoTurnStore.MESSAGES + ending, turns);
        List<Document> conversations = new ArrayList<>();
        for (Document each :
                database.getCollection(MongoTurnStore.CONVERSATIONS).find()) {
            String id = each.getString(TurnDocuments.ID);
            long beginning = beginnings.getOrDefault(partitionOf.applyAsInt(id), 0L);
            List<AppliedDeletion> old = ConversationDocuments.deletions(each).stream()
                    .filter(deletion -> deletion.offset() < beginning)
                    .toList();
            boolean isEmpty = each.getInteger("message_count") == 0;
            if (isEmpty && each.getLong(TurnDocuments.LAST_OFFSET) < beginning) {
                conversations.add(each);
            } else if (!old.isEmpty()) {
                conversations.add(ConversationDocuments.of(dev.parley.projection.turn.Conversation.empty(
                        RecordKey.parse(id), old, old.getLast().offset())));
            }
        }
        insert(MongoTurnStore.CONVERSATIONS + ending, conversations);
    }

    private void insert(String name, List<Document> documents) {
        if (!documents.isEmpty()) {
            database.getCollection(name).insertMany(documents);
        }
    }

    /**
     * A stream and all of its records.
     *
     * @param records also what came late
     */
    public record Archived(StreamId stream, int partition, List<RawRecord> records) {}

    /**
     * An archive that cannot be read, or whose records are others than were archived.
     *
     * @param turn the id of the stream's turn
     * @param conversation its id; empty if that cannot be read either
     */
    public record Damaged(String turn, String conversation) {}

    /**
     * The archived streams that begin before these offsets, oldest first.
     *
     * @param damaged told of those that cannot be handed on
     */
    public void archivedBefore(Map<Integer, Long> beginnings, Consumer<Archived> reader, Consumer<Damaged> damaged) {
        MongoCollection<Document> archive = database.getCollection(MongoTurnStore.ARCHIVE);
        try (MongoCursor<Document> found = archive.find(Filters.exists("parts"))
                .projection(Projections.exclude(DATA))
                .sort(Sorts.ascending(TurnDocuments.FIRST_OFFSET))
                .cursor()) {
            while (found.hasNext()) {
                Document first = found.next();
                if (first.getLong(TurnDocuments.FIRST_OFFSET)
                        < beginnings.getOrDefault(first.getInteger(PARTITION), 0L)) {
                    archived(archive, first).ifPresentOrElse(reader, () -> damaged.accept(damaged(first)));
                }
            }
        }
    }

    /** The id of the turn that a document of {@code stream_archive} is of. */
    public static String turnOf(String archiveId) {
        return archiveId.substring(0, Math.max(0, archiveId.lastIndexOf('#')));
    }

    private static Damaged damaged(Document first) {
        return new Damaged(
                turnOf(first.getString(TurnDocuments.ID)),
                Objects.requireNonNullElse(first.getString(TurnDocuments.CONVERSATION), ""));
    }

    /** The archived streams that ended at this time or after it, oldest first. */
    public List<StreamId> archivedSince(Instant time) {
        return database.getCollection(MongoTurnStore.ARCHIVE)
                .find(Filters.and(Filters.exists("parts"), Filters.gte("ended_at", Date.from(time))))
                .projection(Projections.include("user_id", "message_id"))
                .sort(Sorts.ascending("ended_at"))
                .map(DocumentSets::stream)
                .into(new ArrayList<>());
    }

    private static StreamId stream(Document first) {
        return StreamId.of(first.getString("user_id"), first.getString("message_id"));
    }

    /** Empty if it is damaged. */
    private static Optional<Archived> archived(MongoCollection<Document> archive, Document first) {
        try {
            StreamId stream = stream(first);
            List<RawRecord> records =
                    new ArrayList<>(ArchiveReader.read(stream, parts(archive, stream, first.getInteger("parts"))));
            if (!digestOf(records).equals(first.getString("digest"))) {
                return Optional.empty();
            }
            Document late = archive.find(Filters.eq(TurnDocuments.ID, ArchiveDocuments.lateId(stream)))
                    .first();
            if (late != null) {
                records.addAll(ArchiveDocuments.records(stream, late));
            }
            return Optional.of(new Archived(stream, first.getInteger(PARTITION), records));
        } catch (MongoException e) {
            throw e;
        } catch (RuntimeException e) { // of whatever it is that is not there or is something else
            return Optional.empty();
        }
    }

    /** As it was taken when the stream was archived. */
    private static String digestOf(List<RawRecord> records) {
        StreamDigest digest = new StreamDigest();
        StreamLog log = StreamLog.EMPTY;
        for (RawRecord record : records) {
            SeenRecord seen = RawRecords.seen(record).orElse(null);
            if (seen != null && log.accept(seen.entry()) instanceof Verdict.Accepted(StreamLog after)) {
                if (after.length() > log.length()) {
                    digest.add(record.value());
                }
                log = after;
            }
        }
        return digest.hex();
    }

    private static List<byte[]> parts(MongoCollection<Document> archive, StreamId stream, int count) {
        List<byte[]> parts = new ArrayList<>();
        for (int part = 0; part < count; part++) {
            Document there = archive.find(Filters.eq(TurnDocuments.ID, ArchiveDocuments.id(stream, part)))
                    .first();
            if (there == null) {
                throw new IllegalArgumentException("a part of an archive is missing");
            }
            parts.add(there.get(DATA, Binary.class).getData());
        }
        return parts;
    }
}
