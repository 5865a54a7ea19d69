package dev.parley.engine.kafka;

import dev.parley.engine.stream.Written;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** One user and the log: writes commands as a gateway does, and reads the user's partition as any reader does. */
final class TestLog implements AutoCloseable {
    static final int PARTITIONS = 4;
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final Vocabulary<ChatEvent> EVENTS = Vocabulary.of(ChatEvent.class);

    private final Map<String, Object> common;
    private final Map<String, Object> consuming;
    private final UserId user;
    private final Producer<String, byte[]> producer;
    private final Consumer<String, byte[]> consumer;
    private final Map<StreamId, Stream> streams = new HashMap<>();
    private final List<String> lines = new ArrayList<>();
    int deletions;

    /** The records of one stream that count, and those that do not. */
    static final class Stream {
        StreamLog log = StreamLog.EMPTY;
        Written written = Written.NOTHING;
        final List<StreamEvent> events = new ArrayList<>();
        final List<ConsumerRecord<String, byte[]>> accepted = new ArrayList<>();
        int dropped;

        <T extends StreamEvent> T last(Class<T> type) {
            return type.cast(events.reversed().stream()
                    .filter(type::isInstance)
                    .findFirst()
                    .orElseThrow());
        }

        boolean has(Class<? extends StreamEvent> type) {
            return events.stream().anyMatch(type::isInstance);
        }

        String text() {
            return written.content().toString();
        }
    }

    TestLog(String bootstrapServers, String user) {
        this.user = new UserId(user);
        common = Map.of("bootstrap.servers", bootstrapServers);
        consuming = Map.of("bootstrap.servers", bootstrapServers, "fetch.max.wait.ms", 20);
        producer = new KafkaProducer<>(common, new StringSerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(consuming, new StringDeserializer(), new ByteArrayDeserializer());
        TopicPartition partition = new TopicPartition(Topics.EVENTS, RecordKey.partition(this.user, PARTITIONS));
        consumer.assign(List.of(partition));
        consumer.seekToEnd(List.of(partition));
        consumer.position(partition);
    }

    void ask(String session, String message, String text, OnBusy onBusy) throws Exception {
        ask(session, message, text, onBusy, Priority.MEDIUM);
    }

    void ask(String session, String message, String text, OnBusy onBusy, Priority priority) throws Exception {
        send(new Command.ChatStream(
                new MessageId(message),
                new SessionId(session),
                user,
                text,
                ChatContext.NONE,
                onBusy,
                priority,
                Instant.now(),
                "gw"));
    }

    void ask(String session, String message, String text) throws Exception {
        ask(session, message, text, OnBusy.ENQUEUE);
    }

    void stop(String session, String message) throws Exception {
        send(new Command.StopGeneration(new MessageId(message), new SessionId(session), user, Instant.now(), "gw"));
    }

    /** Deletes all commands of the partition, as their retention does. */
    void deleteCommands() throws Exception {
        try (Admin admin = Admin.create(common)) {
            TopicPartition commands = new TopicPartition(Topics.COMMANDS, RecordKey.partition(user, PARTITIONS));
            admin.deleteRecords(Map.of(commands, RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }
    }

    void delete(String session) throws Exception {
        send(new Command.DeleteConversation(new SessionId(session), user, Instant.now(), "gw"));
    }

    void send(Command command) throws Exception {
        producer.send(CommandRecords.of(command, PARTITIONS, null)).get();
    }

    void send(ProducerRecord<String, byte[]> record) throws Exception {
        producer.send(record).get();
    }

    int partition() {
        return RecordKey.partition(user, PARTITIONS);
    }

    /** The dead letter with this key. */
    ConsumerRecord<String, byte[]> awaitDeadLetter(String key) {
        TopicPartition deadLetters = new TopicPartition(Topics.COMMANDS_DLT, 0);
        consumer.assign(List.of(deadLetters));
        consumer.seekToBeginning(List.of(deadLetters));
        List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (found.isEmpty() && System.nanoTime() - deadline < 0) {
            consumer.poll(Duration.ofMillis(50)).forEach(record -> {
                if (key.equals(record.key())) {
                    found.add(record);
                }
            });
        }
        return found.getFirst();
    }

    /** Waits until a leaving worker has written its last checkpoint of a partition. */
    Checkpoint awaitLeft(String workerId) {
        TopicPartition checkpoints = new TopicPartition(Topics.CHECKPOINTS, 0);
        List<Checkpoint> found = new ArrayList<>();
        long deadline = System.nanoTime() + BOUND.toNanos();
        try (Consumer<String, byte[]> reader =
                new KafkaConsumer<>(consuming, new StringDeserializer(), new ByteArrayDeserializer())) {
            reader.assign(List.of(checkpoints));
            reader.seekToBeginning(List.of(checkpoints));
            while (found.isEmpty() && System.nanoTime() - deadline < 0) {
                for (ConsumerRecord<String, byte[]> record : reader.poll(Duration.ofMillis(50))) {
                    Checkpoint.of(record)
                            .filter(each -> each.left() && each.workerId().equals(workerId))
                            .ifPresent(found::add);
                }
            }
        }
        return found.getFirst();
    }

    Stream await(String message, Predicate<Stream> condition) {
        Stream stream = stream(message);
        await(() -> condition.test(stream));
        return stream;
    }

    Stream awaitEnd(String message) {
        return await(message, stream -> stream.log instanceof StreamLog.Over);
    }

    void await(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + BOUND + "; the log:\n" + String.join("\n", lines));
            }
            consumer.poll(Duration.ofMillis(50)).forEach(this::read);
        }
    }

    Stream stream(String message) {
        return streams.computeIfAbsent(id(message), _ -> new Stream());
    }

    StreamId id(String message) {
        return new StreamId(user, new MessageId(message));
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        if (EventHead.of(record) instanceof EventHead.OfSession) {
            deletions++;
            return;
        }
        if (!(EventHead.of(record) instanceof EventHead.OfStream head)
                || !head.stream().user().equals(user)) {
            return;
        }
        Stream stream = stream(head.stream().message().value());
        Verdict verdict = stream.log.accept(head.entry());
        lines.add(record.offset() + " " + head.entry() + " " + head.type() + " " + verdict);
        switch (verdict) {
            case Verdict.Accepted(StreamLog after) -> {
                stream.log = after;
                stream.accepted.add(record);
                if (FrameCodec.decode(record.value(), EVENTS) instanceof Decoded.Ok<ChatEvent>(ChatEvent event)
                        && event instanceof StreamEvent seen) {
                    stream.events.add(seen);
                    stream.written = stream.written.evolve(seen, 0);
                }
            }
            case Verdict.Dropped _ -> stream.dropped++;
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        consumer.close();
    }
}
