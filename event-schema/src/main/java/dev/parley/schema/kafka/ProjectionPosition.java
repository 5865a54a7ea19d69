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
 * <p>The committed offset of its group is where the oldest turn under way begins, so it may stand still for as long as that turn runs. The
 * position, up to which every record is in the store, is the metadata of the same commit. Projections that did not write it yet are
 * judged by the committed offset, which is never later than the position.
 */
public final class ProjectionPosition {

    /** The projection's consumer group, if {@code parley.projection.group} does not name another one. */
    public static final String DEFAULT_GROUP = "parley-projection";

    private static final String WRITTEN_TO = "written_to=";

    private ProjectionPosition() {}

    /** The metadata of a commit: everything before this offset is in the store, if only as a turn under way. */
    public static String metadata(long writtenTo) {
        return WRITTEN_TO + writtenTo;
    }

    /** What {@link #metadata} wrote; 0 for other texts. */
    public static long parse(String metadata) {
        try {
            return metadata.startsWith(WRITTEN_TO)
                    ? Long.parseLong(metadata, WRITTEN_TO.length(), metadata.length(), 10)
                    : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Everything before this offset is in the store. */
    public static long of(OffsetAndMetadata committed) {
        return Math.max(committed.offset(), parse(committed.metadata()));
    }

    /**
     * Asks the brokers once.
     *
     * @param group of the projection
     * @return the position of each partition that has a commit; empty if there is no such group
     * @throws TimeoutException if the brokers did not answer in time
     * @throws IllegalStateException if they refused to
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
