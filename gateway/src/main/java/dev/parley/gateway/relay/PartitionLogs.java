package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.SessionLog;
import dev.parley.schema.log.SessionLogs;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.HashMap;
import java.util.Map;

/** The deletions of sessions in each partition of {@code chat.events}, and so the verdicts on records. Not thread-safe. */
final class PartitionLogs {

    /** In each partition, deletions are remembered of so many sessions. */
    private static final int MAX_DELETED_SESSIONS = 10_000;

    private final Map<Integer, SessionLogs> byPartition = new HashMap<>();

    /** The partition is read from this offset on. */
    void readFrom(int partition, long offset) {
        byPartition.put(partition, new SessionLogs(offset, MAX_DELETED_SESSIONS));
    }

    /** Whether a record counts. */
    Verdict accept(int partition, StreamLog before, EventHead.OfStream head) {
        return of(partition).accept(head.session(), before, head.entry());
    }

    /** Folds a deletion. */
    SessionLog.Deletion delete(RecordPosition position, EventHead.OfSession head) {
        return of(position.partition()).deleted(head.session(), head.command(), head.folded(), position.offset());
    }

    /**
     * The stream that started here was dropped from memory. A later start whose writer had not read this one would be a second start, which cannot
     * be told from a first one any more.
     */
    void forgetStart(RecordPosition start) {
        of(start.partition()).beginsAt(start.offset() + 1);
    }

    /** The offset of the session's last deletion, -1 if none is known. */
    long deletedAt(SessionKey session) {
        return byPartition.values().stream()
                .mapToLong(each -> each.of(session).deletedAt())
                .max()
                .orElse(-1);
    }

    /** Whether the command with this offset precedes the session's last deletion. */
    boolean isDeleted(SessionKey session, long command) {
        return byPartition.values().stream()
                .anyMatch(each -> command < each.of(session).deletedCommand());
    }

    private SessionLogs of(int partition) {
        return byPartition.computeIfAbsent(partition, _ -> new SessionLogs(0, MAX_DELETED_SESSIONS));
    }
}
