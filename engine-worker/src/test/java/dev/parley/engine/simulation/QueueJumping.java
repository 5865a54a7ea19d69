package dev.parley.engine.simulation;

import dev.parley.schema.command.Command;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.kafka.CommandRecords;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A mutant's reading of commands: no message waits for another. */
final class QueueJumping {
    private QueueJumping() {}

    static ConsumerRecord<String, byte[]> of(ConsumerRecord<String, byte[]> record) {
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
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                record.key(),
                FrameCodec.encode(jumping),
                record.headers(),
                Optional.empty());
    }
}
