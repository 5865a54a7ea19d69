package dev.parley.store.write;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.audit.StreamDigest;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.RawRecord;
import dev.parley.store.archive.ArchiveWriter;
import dev.parley.store.turn.AnswerText;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.LogPosition;
import dev.parley.store.turn.Outcome;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.turn.Turn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;

/** A stream whose records have consecutive offsets from that of its start on, and what a fold makes of it. */
record TestStream(SessionKey session, StreamId stream, long firstOffset, Instant at, List<String> chunks) {

    static final int PARTITION = 3;

    private static final Claim CLAIM = new Claim(1, "a");
    private static final EventRecords RECORDS = new EventRecords("w1");
    private static final Failure FAILURE = new Failure(ErrorCode.INTERNAL_ERROR, "no", null, false);
    private static final StartMetadata METADATA = new StartMetadata("scripted", "scripted-1", "general", null);

    /** The turn after the last chunk. */
    Turn unfinished() {
        return unfinished(Entry.Start.NOT_STATED);
    }

    /** @param folded the highest offset that the writer of the start had folded */
    Turn unfinished(long folded) {
        LogPosition start = position(0);
        Turn.Trace trace = Turn.Trace.begin(start, folded, false);
        AnswerText text = AnswerText.EMPTY;
        for (int i = 0; i < chunks.size(); i++) {
            trace = trace.plusEvent(position(i + 1), false);
            text = text.plus(chunks.get(i));
        }
        return new Turn(
                stream,
                session,
                new Turn.Question("hi", ChatContext.NONE, at, at),
                Turn.Answer.empty("ai", METADATA).withText(text),
                trace,
                new Outcome.Streaming());
    }

    /** The turn after an error that follows the last chunk. */
    Turn ended() {
        Turn before = unfinished();
        return new Turn(
                stream,
                session,
                before.question(),
                before.answer(),
                before.trace().plusEvent(position(chunks.size() + 1), false),
                new Outcome.Failed(at, FAILURE));
    }

    StreamArchive archive() {
        ArchiveWriter writer = new ArchiveWriter(stream);
        StreamDigest digest = new StreamDigest();
        List<RawRecord> records = records();
        for (RawRecord record : records) {
            writer.add(record, true);
            digest.add(record.value());
        }
        return new StreamArchive(
                stream,
                session,
                PARTITION,
                firstOffset,
                records.getLast().offset(),
                at,
                records.size(),
                records.size(),
                Map.of(),
                digest.hex(),
                writer.parts());
    }

    /** Its records as late ones. */
    List<LateRecord> asLate() {
        return records().stream()
                .map(record -> new LateRecord(stream, session, record))
                .toList();
    }

    private List<RawRecord> records() {
        List<StreamEvent> events = new ArrayList<>();
        events.add(new StreamStart(
                stream.message(),
                0,
                session.session(),
                at,
                "ai",
                session.user(),
                "hi",
                at,
                ChatContext.NONE,
                METADATA));
        for (String chunk : chunks) {
            events.add(new ContentChunk(stream.message(), events.size(), chunk, false, null));
        }
        events.add(new StreamError(
                stream.message(), events.size(), session.session(), at, "ai", FAILURE, String.join("", chunks)));
        List<RawRecord> records = new ArrayList<>();
        for (StreamEvent event : events) {
            records.add(raw(session, event, firstOffset + records.size(), at));
        }
        return records;
    }

    private LogPosition position(int index) {
        return new LogPosition(PARTITION, firstOffset + index, at);
    }

    static RawRecord raw(SessionKey session, StreamEvent event, long offset, Instant at) {
        ProducerRecord<String, byte[]> sent = RECORDS.event(PARTITION, session, CLAIM, event, null);
        return RawRecords.of(new ConsumerRecord<>(
                sent.topic(),
                PARTITION,
                offset,
                at.toEpochMilli(),
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                sent.key(),
                sent.value(),
                sent.headers(),
                Optional.empty()));
    }
}
