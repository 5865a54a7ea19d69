package dev.parley.cli;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.ChatEvent.ConversationDeleted;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.log.Claim;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A message and its answer as gateways and workers write them. */
final class TestAnswer {

    static final int PARTITIONS = 4;

    private static final EventRecords RECORDS = new EventRecords("w1");

    final List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    final List<String> frames = new ArrayList<>();
    private final Instant now;
    private final SessionKey session;
    private final MessageId message;
    private final StringBuilder text = new StringBuilder();
    private Claim claim = new Claim(1, "one");
    private long seq;

    TestAnswer(String user, String inSession, String id) {
        this(user, inSession, id, Instant.now());
    }

    /** @param at the time of all records */
    TestAnswer(String user, String inSession, String id, Instant at) {
        now = at;
        session = SessionKey.of(user, inSession);
        message = new MessageId(id);
        records.add(CommandRecords.of(
                new Command.ChatStream(
                        message,
                        session.session(),
                        session.user(),
                        "What is a log?",
                        ChatContext.NONE,
                        OnBusy.ENQUEUE,
                        Priority.MEDIUM,
                        now,
                        "gateway-7"),
                PARTITIONS,
                null));
        event(new StreamEvent.StreamStart(
                message,
                0,
                session.session(),
                now,
                "ai-" + id,
                session.user(),
                "What is a log?",
                null,
                ChatContext.NONE,
                new StartMetadata("scripted", "s", "general", null)));
    }

    TestAnswer chunks(String... pieces) {
        for (String piece : pieces) {
            text.append(piece);
            event(new StreamEvent.ContentChunk(message, seq, piece, false, null));
        }
        return this;
    }

    /** An event that is not sent to Kafka. */
    TestAnswer lost() {
        chunks("lost");
        records.removeLast();
        return this;
    }

    TestAnswer complete() {
        String all = text.toString();
        return event(new StreamEvent.StreamComplete(
                message,
                seq,
                session.session(),
                now,
                "ai-" + message,
                all,
                new CompleteMetadata("scripted", "s", "stop", 1, 1, new Tokens(1, 2, 0, 3, true), null, 1, null),
                ContentSha256.of(all)));
    }

    /** A takeover, and a late chunk of the previous writer. */
    TestAnswer takenOver() {
        Claim before = claim;
        claim = new Claim(before.attempt() + 1, "next");
        add(RECORDS.control(
                partition(),
                session,
                claim,
                records.size(),
                new ChatEvent.StreamTakeover(message, session.session(), claim.attempt(), "w2"),
                null));
        add(RECORDS.event(
                partition(), session, before, new StreamEvent.ContentChunk(message, seq, "late", false, null), null));
        return this;
    }

    /** Its writer had folded the whole log. */
    TestAnswer knowingAll() {
        records.get(1).headers().add("ce_foldedoffset", "1000000".getBytes(StandardCharsets.UTF_8));
        return this;
    }

    TestAnswer deleted() {
        records.add(CommandRecords.of(
                new Command.DeleteConversation(session.session(), session.user(), now, "gateway-7"), PARTITIONS, null));
        records.add(RECORDS.deletion(partition(), session, new ConversationDeleted(session.session()), 1_000_000));
        return this;
    }

    private TestAnswer event(StreamEvent event) {
        seq++;
        frames.add(new String(FrameCodec.encode((Record) event), StandardCharsets.UTF_8));
        add(RECORDS.event(partition(), session, claim, event, null));
        return this;
    }

    private void add(ProducerRecord<String, byte[]> record) {
        records.add(new ProducerRecord<>(
                record.topic(),
                record.partition(),
                now.toEpochMilli(),
                record.key(),
                record.value(),
                record.headers()));
    }

    private int partition() {
        return RecordKey.partition(session.user(), PARTITIONS);
    }
}
