package dev.parley.gateway.history;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import dev.parley.embedded.testing.Backends;
import dev.parley.schema.audit.StreamDigest;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.RawRecord;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import dev.parley.store.archive.ArchiveWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.bson.Document;
import org.bson.types.Binary;

/** A finished stream in the archive, written as the projection writes it. Kafka does not have it. */
public final class ArchivedAnswer {

    private static final Claim FIRST = new Claim(1, "one");
    private static final Claim SECOND = new Claim(2, "two");
    private static final int PARTITION = 1;

    private final SessionKey session;
    private final MessageId message;
    private final List<RawRecord> records = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private Claim claim = FIRST;
    private long seq;
    private long nowMs = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    private ArchivedAnswer(SessionKey session, MessageId message) {
        this.session = session;
        this.message = message;
    }

    public static ArchivedAnswer begin(String user, String session, String message) {
        ArchivedAnswer stream = new ArchivedAnswer(SessionKey.of(user, session), new MessageId(message));
        return stream.event(new StreamEvent.StreamStart(
                stream.message,
                0,
                stream.session.session(),
                Instant.ofEpochMilli(stream.nowMs),
                "ai-" + message,
                stream.session.user(),
                "What?",
                null,
                ChatContext.NONE,
                new StartMetadata("scripted", "test", "general", null)));
    }

    public ArchivedAnswer chunk(long afterMs, String content) {
        nowMs += afterMs;
        text.append(content);
        return event(new StreamEvent.ContentChunk(message, seq, content, false, null));
    }

    /** Another worker takes over; records of the first one do not count from here on. */
    public ArchivedAnswer takenOver() {
        claim = SECOND;
        return append(new EventRecords("w2")
                .control(
                        PARTITION,
                        session,
                        SECOND,
                        0,
                        new ChatEvent.StreamTakeover(message, session.session(), 2, "w2"),
                        null));
    }

    public ArchivedAnswer zombie(String content) {
        return append(new EventRecords("w1")
                .event(
                        PARTITION,
                        session,
                        FIRST,
                        new StreamEvent.ContentChunk(message, seq, content, false, null),
                        null));
    }

    public ArchivedAnswer complete() {
        String all = text.toString();
        return event(new StreamEvent.StreamComplete(
                message,
                seq,
                session.session(),
                Instant.ofEpochMilli(nowMs),
                "ai-" + message,
                all,
                new CompleteMetadata("scripted", "test", "stop", 1, 1, new Tokens(1, 2, 0, 3, true), null, 1, null),
                ContentSha256.of(all)));
    }

    /** The last record is lost. */
    public ArchivedAnswer loseLast() {
        records.removeLast();
        return this;
    }

    /** The record at that place is lost. */
    public ArchivedAnswer lose(int index) {
        records.remove(index);
        return this;
    }

    private ArchivedAnswer event(StreamEvent event) {
        seq++;
        return append(
                new EventRecords(claim.equals(FIRST) ? "w1" : "w2").event(PARTITION, session, claim, event, null));
    }

    private ArchivedAnswer append(ProducerRecord<String, byte[]> record) {
        records.add(RawRecords.of(new ConsumerRecord<>(
                record.topic(),
                PARTITION,
                records.size(),
                nowMs,
                TimestampType.CREATE_TIME,
                0,
                0,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty())));
        return this;
    }

    /** The events that clients received, with the times of their records. */
    public List<RawRecord> accepted() {
        List<RawRecord> accepted = new ArrayList<>();
        StreamLog log = StreamLog.EMPTY;
        for (RawRecord record : records) {
            if (log.accept(RawRecords.seen(record).orElseThrow().entry())
                    instanceof Verdict.Accepted(StreamLog after)) {
                if (after.length() > log.length()) {
                    accepted.add(record);
                }
                log = after;
            }
        }
        return accepted;
    }

    public List<String> frames() {
        return accepted().stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    public ArchivedAnswer store(Backends backends) {
        return store(backends, record -> record);
    }

    /** With one record changed, and the digest of the original ones. */
    public ArchivedAnswer store(Backends backends, java.util.function.UnaryOperator<RawRecord> change) {
        StreamDigest digest = new StreamDigest();
        accepted().forEach(record -> digest.add(record.value()));
        StreamId stream = new StreamId(session.user(), message);
        ArchiveWriter writer = new ArchiveWriter(stream);
        records.forEach(record -> writer.add(change.apply(record), true));
        String id = RecordKey.encode(session.user()) + "/" + message;
        try (MongoClient client = MongoClients.create(backends.mongoUri())) {
            MongoDatabase database = client.getDatabase("parley");
            for (int part = 0; part < writer.parts().size(); part++) {
                database.getCollection("stream_archive")
                        .insertOne(new Document("_id", id + "#" + part)
                                .append("parts", writer.parts().size())
                                .append("partition", PARTITION)
                                .append("digest", digest.hex())
                                .append("data", new Binary(writer.parts().get(part))));
            }
        }
        return this;
    }
}
