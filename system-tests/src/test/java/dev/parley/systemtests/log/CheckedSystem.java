package dev.parley.systemtests.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Claim;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.ReceivedFrames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.bson.Document;

/** A small correct system for {@link CheckerTest}: one user with one complete answer, in the log, at the client and in the store. */
abstract class CheckedSystem {

    static final SessionKey SESSION = SessionKey.of("anna", "s-1");
    static final StreamId STREAM = StreamId.of("anna", "m-1");
    static final Claim FIRST = new Claim(1, "aaa");
    static final Claim SECOND = new Claim(2, "bbb");
    static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    final EventRecords worker = new EventRecords("w-1");
    final List<ConsumerRecord<String, byte[]>> commands = new ArrayList<>();
    final List<ConsumerRecord<String, byte[]>> events = new ArrayList<>();
    final List<Frame> frames = new ArrayList<>();
    final Document document = new Document();
    final Map<String, Document> messages = new HashMap<>(Map.of("anna/m-1", document));
    final Map<String, Document> conversations = new HashMap<>(Map.of("anna/s-1", new Document("message_count", 2)));
    ReceivedFrames receivedFrames = new ReceivedFrames("anna", Map.of("m-1", frames), Set.of("m-1"), Set.of());

    CheckedSystem() {
        command();
        event(FIRST, start());
        event(FIRST, chunk(1, "one "));
        event(FIRST, chunk(2, "two"));
        event(FIRST, complete(3, "one two"));
        events.forEach(record -> frames.add(Frame.of(new String(record.value(), UTF_8))));
        document.putAll(Map.of("status", "complete", "attempts", 1, "last_offset", 3L));
        document.putAll(Map.of(
                "content", "one two",
                "message", "hello",
                "user_id", "anna",
                "session_id", "s-1",
                "conversation", "anna/s-1",
                "events", 4L,
                "partition", 0,
                "first_offset", 0L,
                "content_sha256", Sha256.hex("one two")));
    }

    Report check() {
        return Checker.check(
                new Topic(Topics.COMMANDS, 1, commands),
                new Topic(Topics.EVENTS, 1, events),
                List.of(receivedFrames),
                new Documents(messages, conversations),
                user -> true);
    }

    void command() {
        var chat = new Command.ChatStream(
                STREAM.message(),
                SESSION.session(),
                SESSION.user(),
                "hello",
                ChatContext.NONE,
                OnBusy.ENQUEUE,
                Priority.MEDIUM,
                NOON,
                "g-1");
        add(commands, CommandRecords.of(chat, 1, null));
    }

    void event(Claim claim, StreamEvent event) {
        add(events, worker.event(0, SESSION, claim, event, null));
    }

    void deletion(long command, long folded) {
        add(events, worker.deletion(0, SESSION, new ChatEvent.ConversationDeleted(SESSION.session()), command, folded));
    }

    /** Another stream of the same id. */
    void restarted(long folded) {
        Claim claim = new Claim(1, "ccc");
        add(events, worker.start(0, SESSION, claim, (StreamEvent.StreamStart) start(), folded, null));
        event(claim, chunk(1, "anew"));
        event(claim, complete(2, "anew"));
    }

    void takeover(Claim claim) {
        var takeover = new ChatEvent.StreamTakeover(STREAM.message(), SESSION.session(), claim.attempt(), "w-2");
        add(events, worker.control(0, SESSION, claim, 0, takeover, null));
    }

    static void add(List<ConsumerRecord<String, byte[]>> to, ProducerRecord<String, byte[]> record) {
        to.add(new ConsumerRecord<>(
                record.topic(),
                0,
                to.size(),
                NOON.toEpochMilli(),
                TimestampType.CREATE_TIME,
                0,
                0,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty()));
    }

    static StreamEvent start() {
        return new StreamEvent.StreamStart(
                STREAM.message(),
                0,
                SESSION.session(),
                NOON,
                "ai-1",
                SESSION.user(),
                "hello",
                null,
                ChatContext.NONE,
                new StartMetadata("scripted", "scripted", "general", null));
    }

    static StreamEvent chunk(long seq, String text) {
        return new StreamEvent.ContentChunk(STREAM.message(), seq, text, false, null);
    }

    static StreamEvent complete(long seq, String text) {
        return complete(seq, text, Sha256.hex(text));
    }

    static StreamEvent complete(long seq, String text, String digest) {
        var metadata = new CompleteMetadata(
                "scripted", "scripted", "stop", 10, 5, new Tokens(1, 2, 0, 3, false), null, 1, null);
        return new StreamEvent.StreamComplete(
                STREAM.message(), seq, SESSION.session(), NOON, "ai-1", text, metadata, digest);
    }
}
