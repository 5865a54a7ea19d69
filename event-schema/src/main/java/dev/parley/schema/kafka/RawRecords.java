package dev.parley.schema.kafka;

import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.log.RawHeader;
import dev.parley.schema.log.RawRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Converts between records of Kafka and records of an archive. */
public final class RawRecords {

    private RawRecords() {}

    /** @param record has a key and a value */
    public static RawRecord of(ConsumerRecord<String, byte[]> record) {
        List<RawHeader> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new RawHeader(header.key(), header.value() == null ? new byte[0] : header.value()));
        }
        return new RawRecord(record.offset(), record.timestamp(), record.key(), headers, record.value());
    }

    /** The record as a consumer of {@code chat.events} would receive it. */
    public static ConsumerRecord<String, byte[]> toConsumerRecord(int partition, RawRecord record) {
        Headers headers = new RecordHeaders();
        record.headers().forEach(header -> headers.add(header.name(), header.value()));
        return new ConsumerRecord<>(
                Topics.EVENTS,
                partition,
                record.offset(),
                record.timeMs(),
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                record.value().length,
                record.key(),
                record.value(),
                headers,
                Optional.empty());
    }

    /** The record for an auditor; empty if it does not belong to a stream. */
    public static Optional<SeenRecord> seen(ConsumerRecord<String, byte[]> record) {
        return EventHead.of(record) instanceof EventHead.OfStream head
                ? Optional.of(new SeenRecord(
                        head.stream(),
                        head.session(),
                        head.entry(),
                        head.type(),
                        Objects.requireNonNullElse(
                                CloudEventHeaders.text(record.headers(), CloudEventHeaders.WORKER_ID), ""),
                        record.offset(),
                        record.timestamp(),
                        record.value()))
                : Optional.empty();
    }

    /** As {@link #seen(ConsumerRecord)}, for an archived record. */
    public static Optional<SeenRecord> seen(RawRecord record) {
        return seen(toConsumerRecord(0, record));
    }
}
