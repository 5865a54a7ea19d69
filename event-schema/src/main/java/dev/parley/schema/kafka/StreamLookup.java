package dev.parley.schema.kafka;

import dev.parley.schema.audit.Origins;
import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.command.Command;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.log.SessionLog.Deletion.Effect;
import dev.parley.schema.log.SessionLogs;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Finds the records of one stream by reading a part of its partition. Each call creates a consumer. Thread-safe. */
public final class StreamLookup {

    private static final Duration POLL = Duration.ofMillis(100);

    private final Supplier<org.apache.kafka.clients.consumer.Consumer<String, byte[]>> consumers;
    private final Duration bound;

    /** @param bound the longest time that one call may take */
    public StreamLookup(
            Supplier<org.apache.kafka.clients.consumer.Consumer<String, byte[]>> consumers, Duration bound) {
        this.consumers = consumers;
        this.bound = bound;
    }

    /**
     * The records of the stream from an offset to the current end of the partition, without those before the last deletion of its conversation.
     *
     * @throws TimeoutException if that takes longer than the bound
     * @throws KafkaException if Kafka is unavailable
     */
    public List<SeenRecord> events(StreamId stream, int partition, long fromOffset) throws TimeoutException {
        SinceDeletion found = new SinceDeletion(stream);
        TopicPartition topic = new TopicPartition(Topics.EVENTS, partition);
        try (var consumer = consumers.get()) {
            consumer.assign(List.of(topic));
            consumer.seek(topic, fromOffset);
            readToEnd(consumer, topic, Long.MAX_VALUE, found::read);
        }
        return found.records;
    }

    /** Collects the records of a stream. Those before a deletion of its conversation belong to another stream with the same id. */
    private static final class SinceDeletion {
        private static final int MAX_DELETED = 1_000;

        private final StreamId stream;
        private final SessionLogs sessions = new SessionLogs(0, MAX_DELETED);
        private final List<SeenRecord> records = new ArrayList<>();
        private StreamLog log = StreamLog.EMPTY;

        SinceDeletion(StreamId stream) {
            this.stream = stream;
        }

        void read(ConsumerRecord<String, byte[]> record) {
            switch (EventHead.of(record)) {
                case EventHead.OfStream head
                when head.stream().equals(stream) -> {
                    Verdict verdict = sessions.accept(head.session(), log, head.entry());
                    log = verdict.after(log);
                    if (!(verdict instanceof Verdict.Dropped(DropReason reason))
                            || reason != DropReason.BEFORE_DELETION) {
                        RawRecords.seen(record).ifPresent(records::add);
                    }
                }
                case EventHead.OfSession(SessionKey session, Long command, Long folded)
                when session.user().equals(stream.user()) -> {
                    var effect = sessions.deleted(session, command, folded, record.offset())
                            .effect();
                    if (effect == Effect.RESET
                            && !records.isEmpty()
                            && records.getFirst().session().equals(session)) {
                        records.clear();
                        log = StreamLog.DELETED;
                    }
                }
                case EventHead.OfStream _, EventHead.OfSession _, EventHead.Unreadable _ -> {}
            }
        }
    }

    /**
     * As {@link #events(StreamId, int, long)}, from the first record with that time or a later one.
     *
     * @throws TimeoutException if that takes longer than the bound
     * @throws KafkaException if Kafka is unavailable
     */
    public List<SeenRecord> events(StreamId stream, int partition, Instant from) throws TimeoutException {
        TopicPartition topic = new TopicPartition(Topics.EVENTS, partition);
        OffsetAndTimestamp begin;
        try (var consumer = consumers.get()) {
            begin = consumer.offsetsForTimes(Map.of(topic, from.toEpochMilli()), bound)
                    .get(topic);
        }
        return begin == null ? List.of() : events(stream, partition, begin.offset());
    }

    /**
     * The partition of the user's records.
     *
     * @throws KafkaException if Kafka is unavailable
     */
    public int partitionOf(UserId user) {
        try (var consumer = consumers.get()) {
            return RecordKey.partition(
                    user, consumer.partitionsFor(Topics.EVENTS, bound).size());
        }
    }

    /**
     * The commands of the stream that were written between two times.
     *
     * @throws TimeoutException if that takes longer than the bound
     * @throws KafkaException if Kafka is unavailable
     */
    public Origins origins(StreamId stream, int partition, Instant from, Instant to) throws TimeoutException {
        TopicPartition topic = new TopicPartition(Topics.COMMANDS, partition);
        Origins[] origins = {Origins.UNKNOWN};
        try (var consumer = consumers.get()) {
            consumer.assign(List.of(topic));
            OffsetAndTimestamp begin = consumer.offsetsForTimes(Map.of(topic, from.toEpochMilli()), bound)
                    .get(topic);
            if (begin == null) {
                return Origins.UNKNOWN;
            }
            consumer.seek(topic, begin.offset());
            readToEnd(consumer, topic, to.toEpochMilli(), record -> {
                if (CommandRecords.read(record) instanceof Decoded.Ok<Command>(Command command)
                        && (isOf(stream, command) || isDeletion(stream, command))) {
                    origins[0] = origins[0].plus(command, record.offset(), Instant.ofEpochMilli(record.timestamp()));
                }
            });
        }
        return origins[0];
    }

    /** Whether the command is about the stream. */
    public static boolean isOf(StreamId stream, Command command) {
        return command.userId().equals(stream.user())
                && switch (command) {
                    case Command.ChatStream chat -> chat.messageId().equals(stream.message());
                    case Command.StopGeneration stop -> stop.messageId().equals(stream.message());
                    case Command.DeleteConversation _ -> false;
                };
    }

    private static boolean isDeletion(StreamId stream, Command command) {
        return command instanceof Command.DeleteConversation && command.userId().equals(stream.user());
    }

    private void readToEnd(
            org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer,
            TopicPartition topic,
            long untilMs,
            Consumer<ConsumerRecord<String, byte[]>> reader)
            throws TimeoutException {
        long deadline = System.nanoTime() + bound.toNanos();
        long end = consumer.endOffsets(List.of(topic), bound).getOrDefault(topic, 0L);
        while (consumer.position(topic, bound) < end) {
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException(topic + " was not read to its end within " + bound.toSeconds() + " s");
            }
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                if (record.timestamp() > untilMs) {
                    return;
                }
                reader.accept(record);
            }
        }
    }
}
