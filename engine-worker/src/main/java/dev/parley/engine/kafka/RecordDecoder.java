package dev.parley.engine.kafka;

import dev.parley.engine.state.CommandRecord;
import dev.parley.engine.state.EventRecord;
import dev.parley.engine.state.EventRecord.Value;
import dev.parley.engine.state.RecordTime;
import dev.parley.schema.command.Command;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Entry;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Decodes records of the log for the coordinator, which knows nothing of Kafka. Never throws on what a record may hold. */
public final class RecordDecoder {
    private static final Vocabulary<ChatEvent> EVENTS = Vocabulary.of(ChatEvent.class);

    private RecordDecoder() {}

    /** A command that cannot be decoded, with its record as it was read. */
    record UnreadableCommand(ConsumerRecord<String, byte[]> record, String reason) implements CommandRecord.Unreadable {
        @Override
        public int partition() {
            return record.partition();
        }

        @Override
        public long offset() {
            return record.offset();
        }
    }

    public static CommandRecord command(ConsumerRecord<String, byte[]> record) {
        return switch (CommandRecords.read(record)) {
            case Decoded.Ok<Command>(Command command) ->
                new CommandRecord.Readable(
                        record.partition(),
                        record.offset(),
                        command,
                        CloudEventHeaders.text(record.headers(), CloudEventHeaders.TRACEPARENT),
                        timeOf(record));
            case Decoded.UnknownType<Command> unknown ->
                new UnreadableCommand(record, "unknown type " + unknown.type());
            case Decoded.Malformed<Command> malformed -> new UnreadableCommand(record, malformed.reason());
        };
    }

    private static @Nullable Instant timeOf(ConsumerRecord<?, ?> record) {
        return record.timestamp() < 0 ? null : Instant.ofEpochMilli(record.timestamp());
    }

    public static EventRecord event(ConsumerRecord<String, byte[]> record) {
        return switch (EventHead.of(record)) {
            case EventHead.OfStream head ->
                new EventRecord.OfStream(
                        record.partition(),
                        record.offset(),
                        new RecordTime(record.timestamp(), record.timestampType() == TimestampType.LOG_APPEND_TIME),
                        head.session(),
                        head.stream(),
                        head.entry(),
                        value(record),
                        workerId(record, head.entry()));
            case EventHead.OfSession head ->
                new EventRecord.OfSession(
                        record.partition(), record.offset(), head.session(), head.command(), head.folded());
            case EventHead.Unreadable _ -> new EventRecord.Unreadable(record.partition(), record.offset());
        };
    }

    /** Of the few records that are asked for it: tokens are many. */
    private static @Nullable String workerId(ConsumerRecord<?, ?> record, Entry entry) {
        return entry instanceof Entry.Start || entry instanceof Entry.Takeover
                ? CloudEventHeaders.text(record.headers(), CloudEventHeaders.WORKER_ID)
                : null;
    }

    private static Value value(ConsumerRecord<String, byte[]> record) {
        return switch (FrameCodec.decode(record.value(), EVENTS)) {
            case Decoded.Ok<ChatEvent>(ChatEvent event) -> new Value.Known(event);
            case Decoded.UnknownType<ChatEvent> _ -> new Value.UnknownType();
            case Decoded.Malformed<ChatEvent> _ -> new Value.Malformed();
        };
    }
}
