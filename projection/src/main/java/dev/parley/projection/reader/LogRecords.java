package dev.parley.projection.reader;

import dev.parley.projection.turn.LogRecord;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LogPosition;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Kafka's records as those that the folds read. */
final class LogRecords {

    private LogRecords() {}

    static LogRecord of(EventHead.OfStream head, ConsumerRecord<String, byte[]> record) {
        return new LogRecord.OfStream(
                head.stream(), head.session(), head.type(), head.entry(), RawRecords.of(record), position(record));
    }

    static LogRecord of(EventHead.OfSession head, ConsumerRecord<String, byte[]> record) {
        Long command = head.command();
        return new LogRecord.Deletion(
                head.session(), command == null ? ConversationStep.Deleted.NO_COMMAND : command, position(record));
    }

    private static LogPosition position(ConsumerRecord<String, byte[]> record) {
        return new LogPosition(record.partition(), record.offset(), Instant.ofEpochMilli(record.timestamp()));
    }
}
