package dev.parley.schema.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Records that cannot be processed, for the topic beside their own: key, value and headers as they were, and in headers of ours why,
 * and where they stood.
 */
public final class DeadLetterRecords {

    public static final String ERROR = "parley_dlt_error";
    public static final String TOPIC = "parley_dlt_topic";
    public static final String PARTITION = "parley_dlt_partition";
    public static final String OFFSET = "parley_dlt_offset";
    public static final String TIMESTAMP = "parley_dlt_timestamp_ms";

    private DeadLetterRecords() {}

    /** @param error in words that repeat nothing of the record's texts */
    public static ProducerRecord<String, byte[]> of(ConsumerRecord<String, byte[]> record, String error) {
        Headers headers = new RecordHeaders(record.headers().toArray())
                .add(ERROR, CloudEventHeaders.utf8(error))
                .add(TOPIC, CloudEventHeaders.utf8(record.topic()))
                .add(PARTITION, CloudEventHeaders.utf8(String.valueOf(record.partition())))
                .add(OFFSET, CloudEventHeaders.utf8(String.valueOf(record.offset())))
                .add(TIMESTAMP, CloudEventHeaders.utf8(String.valueOf(record.timestamp())));
        return new ProducerRecord<>(
                record.topic() + Topics.DLT_SUFFIX, null, null, record.key(), record.value(), headers);
    }
}
