package dev.parley.gateway.testkit;

import dev.parley.embedded.testing.Backends;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.log.Claim;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes the events of one stream as a worker does, under one claim. */
public final class Worker implements AutoCloseable {

    private static final int PARTITIONS = 4;

    private final KafkaProducer<String, byte[]> producer;
    private final EventRecords records = new EventRecords("test-worker");
    private final SessionKey session;
    private final MessageId message;
    private final Claim claim;
    private final int partition;
    private final List<String> written = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private long seq;
    private int controls;
    private boolean complete;

    private Worker(
            KafkaProducer<String, byte[]> producer, SessionKey session, MessageId message, Claim claim, long seq) {
        this.producer = producer;
        this.session = session;
        this.message = message;
        this.claim = claim;
        this.partition = RecordKey.partition(session.user(), PARTITIONS);
        this.seq = seq;
    }

    public static Worker of(Backends backends, String user, String session, String message) {
        return new Worker(
                newProducer(backends), SessionKey.of(user, session), new MessageId(message), new Claim(1, "first"), 0);
    }

    /** A writer of another stream, with the same producer. */
    public Worker another(String user, String ofSession, String ofMessage) {
        return new Worker(producer, SessionKey.of(user, ofSession), new MessageId(ofMessage), new Claim(1, "first"), 0);
    }

    /** Another worker that takes the stream over and continues at this seq. */
    public Worker takenOver() {
        Claim next = new Claim(claim.attempt() + 1, "next");
        Worker successor = new Worker(producer, session, message, next, seq);
        successor.control(new ChatEvent.StreamTakeover(message, session.session(), next.attempt(), "successor"));
        return successor;
    }

    private static KafkaProducer<String, byte[]> newProducer(Backends backends) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", backends.bootstrapServers(), "acks", "all", "linger.ms", 0),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    public Worker start() {
        return event(newStart());
    }

    /** Writes a start as a worker that has folded the partition up to this offset. After a deletion no other start counts. */
    public Worker start(long folded) {
        StreamEvent.StreamStart start = newStart();
        send(records.start(partition, session, claim, start, folded, null));
        return wrote(start);
    }

    private StreamEvent.StreamStart newStart() {
        return new StreamEvent.StreamStart(
                message,
                seq,
                session.session(),
                Instant.ofEpochMilli(1_750_000_000_000L),
                "ai-" + message,
                session.user(),
                "hello",
                null,
                ChatContext.NONE,
                new StartMetadata("scripted", "test", "general", null));
    }

    public Worker chunk(String content) {
        text.append(content);
        return event(new StreamEvent.ContentChunk(message, seq, content, false, null));
    }

    /** A chunk whose frame is exactly this text, well-formed or not. */
    public Worker rawChunk(String frame) {
        ProducerRecord<String, byte[]> template = records.event(
                partition, session, claim, new StreamEvent.ContentChunk(message, seq, "x", false, null), null);
        send(new ProducerRecord<>(
                template.topic(),
                partition,
                null,
                template.key(),
                frame.getBytes(StandardCharsets.UTF_8),
                template.headers()));
        written.add(frame);
        seq++;
        return this;
    }

    public Worker chunks(int count) {
        for (int i = 0; i < count; i++) {
            chunk("chunk " + seq + " ä€😀 ");
        }
        return this;
    }

    public boolean isComplete() {
        return complete;
    }

    public Worker complete() {
        complete = true;
        return event(new StreamEvent.StreamComplete(
                message,
                seq,
                session.session(),
                Instant.ofEpochMilli(1_750_000_001_000L),
                "ai-" + message,
                text.toString(),
                new CompleteMetadata(
                        "scripted", "test", "stop", 1000, 10, new Tokens(1, 2, 0, 3, false), null, 1, null),
                "0".repeat(64)));
    }

    public Worker keepalive() {
        control(new ChatEvent.StreamKeepalive(message));
        return this;
    }

    private void control(ChatEvent.Control control) {
        send(records.control(partition, session, claim, controls++, control, null));
    }

    private Worker event(StreamEvent event) {
        send(records.event(partition, session, claim, event, null));
        return wrote(event);
    }

    private Worker wrote(StreamEvent event) {
        written.add(new String(FrameCodec.encode((Record) event), StandardCharsets.UTF_8));
        seq++;
        return this;
    }

    public void deleteConversation() {
        send(records.deletion(partition, session, new ChatEvent.ConversationDeleted(session.session())));
    }

    /**
     * Writes a deletion as a worker that has folded all records of the partition.
     *
     * @param command the offset of the command that requests it
     */
    public Worker deleteConversation(long command) {
        send(records.deletion(
                partition, session, new ChatEvent.ConversationDeleted(session.session()), command, Long.MAX_VALUE));
        return this;
    }

    private void send(ProducerRecord<String, byte[]> record) {
        var unused = producer.send(record);
    }

    /** Waits until the broker has all records. */
    public Worker flush() {
        producer.flush();
        return this;
    }

    /** The frames that a client must get, in this order and byte for byte. */
    public List<String> written() {
        return List.copyOf(written);
    }

    @Override
    public void close() {
        producer.close(java.time.Duration.ofMillis(TimeUnit.SECONDS.toMillis(5)));
    }
}
