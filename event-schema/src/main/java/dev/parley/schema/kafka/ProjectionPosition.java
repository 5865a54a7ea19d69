package dev.parley.schema.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * How far the projection has written a partition of {@code chat.events} to the store.
 *
 * <p>The committed offset of its group is the start of the oldest unfinished turn, so it may stay the same for as long as that turn lasts. The
 * position, before which all records are in the store, is in the metadata of the same commit. If the metadata do not have it, the committed
 * offset is used, which is never higher.
 */
public final class ProjectionPosition {

    /** The default of {@code parley.projection.group}. */
    public static final String DEFAULT_GROUP = "parley-projection";

    private static final String WRITTEN_TO = "written_to=";

    private ProjectionPosition() {}

    /** The metadata of a commit: all records before this offset are in the store, although their turns may be unfinished. */
    public static String metadata(long writtenTo) {
        return WRITTEN_TO + writtenTo;
    }

    /** Parses the text of {@link #metadata}; 0 for other texts. */
    public static long parse(String metadata) {
        try {
            return metadata.startsWith(WRITTEN_TO)
                    ? Long.parseLong(metadata, WRITTEN_TO.length(), metadata.length(), 10)
                    : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** All records before this offset are in the store. */
    public static long of(OffsetAndMetadata committed) {
        return Math.max(committed.offset(), parse(committed.metadata()));
    }

    /**
     * Reads the positions with one request.
     *
     * @param group of the projection
     * @return the position of each partition that has a commit; empty if there is no such group
     * @throws TimeoutException if the brokers did not answer in time
     * @throws IllegalStateException if the brokers refused the request
     */
    public static Map<Integer, Long> read(Admin admin, String group, Duration timeout)
            throws InterruptedException, TimeoutException {
        try {
            Map<Integer, Long> positions = new HashMap<>();
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .forEach((partition, committed) -> {
                        if (partition.topic().equals(Topics.EVENTS) && committed != null) {
                            positions.put(partition.partition(), of(committed));
                        }
                    });
            return positions;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Map.of();
            }
            throw new IllegalStateException("cannot read the offsets of group " + group, e.getCause());
        }
    }
}
