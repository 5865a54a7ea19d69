package dev.parley.store.turn;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.DropReason;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * All records of a stream from its start to its end, also those that do not count.
 *
 * @param events accepted ones with a seq
 * @param digest of {@link dev.parley.schema.audit.StreamDigest}
 * @param parts of {@link dev.parley.store.archive.ArchiveWriter}
 */
public record StreamArchive(
        StreamId stream,
        SessionKey session,
        int partition,
        long firstOffset,
        long lastOffset,
        Instant endedAt,
        long records,
        long events,
        Map<DropReason, Long> dropped,
        String digest,
        List<byte[]> parts) {

    public StreamArchive {
        dropped = Map.copyOf(dropped);
        parts = List.copyOf(parts);
    }
}
