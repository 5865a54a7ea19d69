package dev.parley.projection.turn;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.ChatEvent.ConversationDeleted;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StoppedMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.log.Claim;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LogPosition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A partition written by a test, with the code that writes and reads real records. */
public final class TestLog {

    /** Recent, because a broker deletes records that are a week old. */
    public static final Instant BEGIN = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    public static final Instant ASKED_AT = BEGIN.minusSeconds(1);

    public static final int PARTITION = 3;

    private static final EventRecords RECORDS = new EventRecords("w1");

    private final List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    private Instant now = BEGIN;

    /** Sets the time of the records that follow. */
    public TestLog at(Instant time) {
        now = time;
        return this;
    }

    public Instant now() {
        return now;
    }

    public TestLog event(SessionKey session, Claim claim, StreamEvent event) {
        return append(RECORDS.event(PARTITION, session, claim, event, null));
    }

    /** @param folded the highest offset that its writer had folded */
    public TestLog start(SessionKey session, Claim claim, StreamStart start, long folded) {
        return append(RECORDS.start(PARTITION, session, claim, start, folded, null));
    }

    public TestLog control(SessionKey session, Claim claim, Control control) {
        return append(RECORDS.control(PARTITION, session, claim, records.size(), control, null));
    }

    public TestLog deletion(SessionKey session) {
        return append(RECORDS.deletion(PARTITION, session, new ConversationDeleted(session.session())));
    }

    /** @param command the offset of the command that asked for it */
    public TestLog deletion(SessionKey session, long command) {
        return append(RECORDS.deletion(PARTITION, session, new ConversationDeleted(session.session()), command));
    }

    public TestLog takeover(SessionKey session, StreamId stream, Claim claim) {
        return control(
                session,
                claim,
                new ChatEvent.StreamTakeover(stream.message(), session.session(), claim.attempt(), "w2"));
    }

    /** @param folded the highest offset that its writer had folded */
    public TestLog takeover(SessionKey session, StreamId stream, Claim claim, long folded) {
        var takeover = new ChatEvent.StreamTakeover(stream.message(), session.session(), claim.attempt(), "w2");
        return append(RECORDS.takeover(PARTITION, session, claim, records.size(), takeover, folded, null));
    }

    /** The end of a stream that its user stopped. */
    public TestLog stopped(SessionKey session, Claim claim, StreamId stream, long seq, String text) {
        return event(
                session,
                claim,
                new StreamEvent.GenerationStopped(
                        stream.message(),
                        seq,
                        session.session(),
                        now,
                        "ai-" + stream.message(),
                        StopReason.USER_CANCELLED,
                        text,
                        new StoppedMetadata("fake", "fake-1", new Tokens(1, 2, 0, 3, true), null, 7)));
    }

    /** Repeats a record. */
    public TestLog again(int index) {
        ConsumerRecord<String, byte[]> old = records.get(index);
        return append(new ProducerRecord<>("chat.events", PARTITION, null, old.key(), old.value(), old.headers()));
    }

    /** Replaces the value of the last record. */
    public TestLog garbleLast(byte[] value) {
        ConsumerRecord<String, byte[]> old = records.removeLast();
        return append(new ProducerRecord<>("chat.events", PARTITION, null, old.key(), value, old.headers()));
    }

    /** The records to send to a partition. */
    public List<ProducerRecord<String, byte[]>> toSend(int partition) {
        return records.stream()
                .map(record -> new ProducerRecord<>(
                        record.topic(),
                        partition,
                        record.timestamp(),
                        record.key(),
                        record.value(),
                        new RecordHeaders(record.headers().toArray())))
                .toList();
    }

    public int size() {
        return records.size();
    }

    /** The head of a record. */
    public EventHead head(int index) {
        return EventHead.of(records.get(index));
    }

    public LogRecord get(int index) {
        return read(records.get(index));
    }

    public List<LogRecord> all() {
        return records.stream().map(TestLog::read).toList();
    }

    public static StreamStart start(SessionKey session, StreamId stream, String message, Instant at) {
        return new StreamStart(
                stream.message(),
                0,
                session.session(),
                at,
                "ai-" + stream.message(),
                session.user(),
                message,
                ASKED_AT,
                ChatContext.NONE,
                new StartMetadata("scripted", "scripted-1", "general", null));
    }

    private TestLog append(ProducerRecord<String, byte[]> record) {
        records.add(new ConsumerRecord<>(
                record.topic(),
                PARTITION,
                records.size(),
                now.toEpochMilli(),
                TimestampType.CREATE_TIME,
                0,
                0,
                record.key(),
                record.value(),
                record.headers(),
                java.util.Optional.empty()));
        return this;
    }

    private static LogRecord read(ConsumerRecord<String, byte[]> record) {
        LogPosition position = new LogPosition(PARTITION, record.offset(), Instant.ofEpochMilli(record.timestamp()));
        return switch (EventHead.of(record)) {
            case EventHead.OfStream(var session, var stream, var type, var entry) ->
                new LogRecord.OfStream(stream, session, type, entry, RawRecords.of(record), position);
            case EventHead.OfSession(var session, var _, var _) ->
                new LogRecord.Deletion(session, commandOf(record), position);
            case EventHead.Unreadable(String reason) -> throw new AssertionError(reason);
        };
    }

    /** The command that a deletion names. */
    public static long commandOf(ConsumerRecord<String, byte[]> record) {
        Long command = CloudEventHeaders.number(record.headers(), CloudEventHeaders.COMMAND_OFFSET);
        return command == null ? ConversationStep.Deleted.NO_COMMAND : command;
    }

    @Override
    public String toString() {
        return all().stream()
                .map(record -> switch (record) {
                    case LogRecord.OfStream of ->
                        of.position().offset() + " " + of.stream().message() + " " + of.type() + " " + of.entry();
                    case LogRecord.Deletion deleted ->
                        deleted.position().offset() + " deleted " + deleted.session() + " by " + deleted.command();
                })
                .collect(Collectors.joining("\n", "\n", "\n"));
    }
}
