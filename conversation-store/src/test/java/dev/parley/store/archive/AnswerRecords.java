package dev.parley.store.archive;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.RawRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;

/** The records of one answer, written by the code with which workers write them. */
final class AnswerRecords {

    static final StreamId STREAM = StreamId.of("a/nn", "m1");
    static final Claim FIRST = new Claim(1, "one");
    static final Claim SECOND = new Claim(2, "two");

    private static final SessionKey SESSION = SessionKey.of("a/nn", "s1");
    private static final int PARTITION = 3;

    private final List<RawRecord> records = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    AnswerRecords() {
        event(
                FIRST,
                new StreamEvent.StreamStart(
                        STREAM.message(),
                        0,
                        SESSION.session(),
                        now,
                        "ai-1",
                        SESSION.user(),
                        "What?",
                        null,
                        ChatContext.NONE,
                        new StartMetadata("scripted", "s", "general", null)));
    }

    List<RawRecord> all() {
        return records;
    }

    AnswerRecords after(long ms) {
        now = now.plusMillis(ms);
        return this;
    }

    void chunk(Claim claim, long seq, String content) {
        text.append(content);
        event(claim, new StreamEvent.ContentChunk(STREAM.message(), seq, content, false, null));
    }

    /** A chunk that is not part of the text. */
    void zombie(Claim claim, long seq, String content) {
        event(claim, new StreamEvent.ContentChunk(STREAM.message(), seq, content, true, "java"));
    }

    void takeover() {
        control(SECOND, new ChatEvent.StreamTakeover(STREAM.message(), SESSION.session(), 2, "w2"));
    }

    void keepalive(Claim claim) {
        control(claim, new ChatEvent.StreamKeepalive(STREAM.message()));
    }

    void complete(Claim claim, long seq) {
        String all = text.toString();
        event(
                claim,
                new StreamEvent.StreamComplete(
                        STREAM.message(),
                        seq,
                        SESSION.session(),
                        now,
                        "ai-1",
                        all,
                        new CompleteMetadata(
                                "scripted", "s", "stop", 1, 1, new Tokens(1, 2, 0, 3, true), null, 1, null),
                        ContentSha256.of(all)));
    }

    private void event(Claim claim, StreamEvent event) {
        append(new EventRecords("w1").event(PARTITION, SESSION, claim, event, null));
    }

    private void control(Claim claim, ChatEvent.Control control) {
        append(new EventRecords("w2").control(PARTITION, SESSION, claim, records.size(), control, "00-trace-01"));
    }

    private void append(ProducerRecord<String, byte[]> record) {
        records.add(RawRecords.of(new ConsumerRecord<>(
                record.topic(),
                PARTITION,
                100 + 3L * records.size(),
                now.toEpochMilli(),
                TimestampType.CREATE_TIME,
                0,
                0,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty())));
    }
}
