package dev.parley.engine.state;

/**
 * The timestamp of a record.
 *
 * @param ms since the epoch
 * @param ofBroker whether the broker set it when it appended the record; otherwise it is of the writer's clock, which may be wrong by hours,
 *     as in topics that older versions created
 */
public record RecordTime(long ms, boolean ofBroker) {

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
