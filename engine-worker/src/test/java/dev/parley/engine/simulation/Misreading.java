package dev.parley.engine.simulation;

import dev.parley.schema.command.Command;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.schema.kafka.CommandRecords;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Changes records as mutants misread them. */
final class Misreading {
    private Misreading() {}

    /** No message waits for another one. */
    static ConsumerRecord<String, byte[]> queue(ConsumerRecord<String, byte[]> record) {
        if (!(CommandRecords.read(record) instanceof Decoded.Ok<Command>(ChatStream chat))) {
            return record;
        }
        ChatStream jumping = new ChatStream(
                chat.messageId(),
                chat.sessionId(),
                chat.userId(),
                chat.message(),
                chat.context(),
                OnBusy.PARALLEL,
                chat.priority(),
                chat.submittedAt(),
                chat.gatewayId());
        return with(record, FrameCodec.encode(jumping), record.headers());
    }

    /** A deletion does not name its command. */
    static ConsumerRecord<String, byte[]> whichDeletion(ConsumerRecord<String, byte[]> record) {
        Headers headers = new RecordHeaders(record.headers()).remove(CloudEventHeaders.COMMAND_OFFSET);
        return with(record, record.value(), headers);
    }

    private static ConsumerRecord<String, byte[]> with(
            ConsumerRecord<String, byte[]> record, byte[] value, Headers headers) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                record.key(),
                value,
                headers,
                Optional.empty());
    }
}
