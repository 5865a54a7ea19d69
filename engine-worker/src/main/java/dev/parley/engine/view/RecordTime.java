package dev.parley.engine.view;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/**
 * The timestamp of a record.
 *
 * @param ms since the epoch
 * @param ofBroker whether the broker set it when it appended the record; otherwise the writer's clock did, which may be wrong by hours. Topics
 *     of older versions have such records.
 */
public record RecordTime(long ms, boolean ofBroker) {

    public static RecordTime of(ConsumerRecord<?, ?> record) {
        return new RecordTime(record.timestamp(), record.timestampType() == TimestampType.LOG_APPEND_TIME);
    }

    /**
     * The time from an earlier record to this one, in ms; never negative.
     *
     * @param mostMs the longest that is believed if a writer's clock set one of the two
     */
    long since(RecordTime earlier, long mostMs) {
        long between = Math.max(0, ms - earlier.ms);
        return ofBroker && earlier.ofBroker ? between : Math.min(between, mostMs);
    }
}
