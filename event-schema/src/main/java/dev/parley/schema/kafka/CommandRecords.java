package dev.parley.schema.kafka;

import dev.parley.schema.command.Command;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.Command.DeleteConversation;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Converts commands to records of {@code chat.commands} and back. */
public final class CommandRecords {

    private static final Vocabulary<Command> COMMANDS = Vocabulary.of(Command.class);

    private static final String STOP =
            CloudEventHeaders.TYPE_PREFIX + Vocabulary.nameOf(StopGeneration.class) + CloudEventHeaders.TYPE_SUFFIX;

    private CommandRecords() {}

    /** @param partitions the number of partitions of {@code chat.commands}, which is that of {@code chat.events}, too */
    public static ProducerRecord<String, byte[]> of(Command command, int partitions, @Nullable String traceparent) {
        Headers headers = CloudEventHeaders.of(
                "/parley/gateway/" + command.gatewayId(), Vocabulary.nameOf(command.getClass()), id(command));
        headers.add(
                CloudEventHeaders.USER_ID,
                CloudEventHeaders.utf8(command.userId().value()));
        if (traceparent != null) {
            headers.add(CloudEventHeaders.TRACEPARENT, CloudEventHeaders.utf8(traceparent));
        }
        return new ProducerRecord<>(
                Topics.COMMANDS,
                RecordKey.partition(command.userId(), partitions),
                null,
                RecordKey.of(command.sessionKey()),
                FrameCodec.encode((Record) command),
                headers);
    }

    /** Decodes a record. It is malformed if key and value name different users or sessions. */
    public static Decoded<Command> read(ConsumerRecord<String, byte[]> record) {
        if (record.key() == null || record.value() == null) {
            return new Decoded.Malformed<>("no key or no value");
        }
        Decoded<Command> decoded = FrameCodec.decode(record.value(), COMMANDS);
        return decoded instanceof Decoded.Ok<Command> ok
                        && !RecordKey.of(ok.value().sessionKey()).equals(record.key())
                ? new Decoded.Malformed<>("key and value name different sessions")
                : decoded;
    }

    /** Whether the record is a {@code stop_generation} according to its headers. The value is not decoded. */
    public static boolean isStop(ConsumerRecord<String, byte[]> record) {
        return STOP.equals(CloudEventHeaders.text(record.headers(), CloudEventHeaders.TYPE));
    }

    private static String id(Command command) {
        return switch (command) {
            case ChatStream chat -> chat.messageId().value();
            case StopGeneration stop -> stop.messageId() + "/stop";
            case DeleteConversation delete -> delete.sessionId() + "/delete";
        };
    }
}
