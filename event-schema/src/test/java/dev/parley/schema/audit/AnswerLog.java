package dev.parley.schema.audit;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StoppedMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.RawRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;

/** The log of one answer, created with the code that workers use. */
public final class AnswerLog {

    public static final StreamId STREAM = StreamId.of("a/nn", "m1");
    public static final SessionKey SESSION = SessionKey.of("a/nn", "s1");
    public static final Claim FIRST = new Claim(1, "one");
    public static final Claim SECOND = new Claim(2, "two");
    public static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final List<RawRecord> records = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private Instant now = BEGIN;

    public List<RawRecord> records() {
        return records;
    }

    public AnswerLog after(long ms) {
        now = now.plusMillis(ms);
        return this;
    }

    public AnswerLog start() {
        return event(
                "w1",
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

    public AnswerLog chunk(Claim claim, long seq, String content) {
        text.append(content);
        return event("w1", claim, new StreamEvent.ContentChunk(STREAM.message(), seq, content, false, null));
    }

    /** A record that must not count. */
    public AnswerLog zombie(Claim claim, long seq, String content) {
        return event("w1", claim, new StreamEvent.ContentChunk(STREAM.message(), seq, content, true, "java"));
    }

    public AnswerLog takeover() {
        return control("w2", SECOND, new ChatEvent.StreamTakeover(STREAM.message(), SESSION.session(), 2, "w2"));
    }

    public AnswerLog keepalive(Claim claim) {
        return control("w1", claim, new ChatEvent.StreamKeepalive(STREAM.message()));
    }

    public AnswerLog complete(Claim claim, long seq) {
        String all = text.toString();
        return event(
                "w1",
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

    public AnswerLog stopped(Claim claim, long seq) {
        return event(
                "w1",
                claim,
                new StreamEvent.GenerationStopped(
                        STREAM.message(),
                        seq,
                        SESSION.session(),
                        now,
                        "ai-1",
                        StopReason.USER_CANCELLED,
                        text.toString(),
                        new StoppedMetadata("scripted", "s", new Tokens(1, 2, 0, 3, true), null, 5)));
    }

    /** The record with one byte of its value changed. */
    public AnswerLog flip(int index, String from, String to) {
        RawRecord old = records.get(index);
        String value = new String(old.value(), StandardCharsets.UTF_8);
        if (!value.contains(from)) {
            throw new AssertionError(from + " is not in " + value);
        }
        return replace(index, value.replace(from, to).getBytes(StandardCharsets.UTF_8));
    }

    public AnswerLog replace(int index, byte[] value) {
        RawRecord old = records.get(index);
        records.set(index, new RawRecord(old.offset(), old.timeMs(), old.key(), old.headers(), value));
        return this;
    }

    public AnswerLog lose(int index) {
        records.remove(index);
        return this;
    }

    public Audit audit(Origins origins, @org.jspecify.annotations.Nullable String digest) {
        StreamAuditor auditor = new StreamAuditor(STREAM);
        records.forEach(record -> auditor.add(RawRecords.seen(record).orElseThrow()));
        return auditor.result(origins, digest, digest == null ? "kafka" : "archive");
    }

    public Audit audit() {
        return audit(Origins.UNKNOWN, null);
    }

    private AnswerLog event(String worker, Claim claim, StreamEvent event) {
        return append(new EventRecords(worker).event(3, SESSION, claim, event, null));
    }

    private AnswerLog control(String worker, Claim claim, ChatEvent.Control control) {
        return append(new EventRecords(worker).control(3, SESSION, claim, records.size(), control, "00-trace-01"));
    }

    private AnswerLog append(ProducerRecord<String, byte[]> record) {
        records.add(RawRecords.of(new ConsumerRecord<>(
                record.topic(),
                3,
                100 + 3L * records.size(),
                now.toEpochMilli(),
                TimestampType.CREATE_TIME,
                0,
                0,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty())));
        return this;
    }
}
