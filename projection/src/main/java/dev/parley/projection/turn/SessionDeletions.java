package dev.parley.projection.turn;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.log.SessionLog;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.Turn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The deletions in the sessions of a partition: those that the reader has read, and those in the store that it needs. Not thread-safe. */
final class SessionDeletions {

    private static final int MAX_SESSIONS = 1_000;

    /** Those that name their commands, until all is written. */
    private final Map<SessionKey, List<AppliedDeletion>> known = new HashMap<>();

    /** The offset of the last deletion that was read of each session. Only the latest sessions are kept; the store has all. */
    private final Map<SessionKey, Long> lastRead = new LinkedHashMap<>();

    void know(SessionKey session, List<AppliedDeletion> deletions) {
        known.merge(session, deletions, (before, more) -> {
            List<AppliedDeletion> all = new ArrayList<>(before);
            all.addAll(more);
            return all;
        });
    }

    boolean isRepeated(LogRecord.Deletion deletion) {
        long offset = deletion.position().offset();
        return deletion.namesItsCommand()
                && of(deletion.session()).stream().anyMatch(each -> each.isRepeatedBy(deletion.command(), offset));
    }

    void add(LogRecord.Deletion deletion) {
        SessionKey session = deletion.session();
        long offset = deletion.position().offset();
        if (deletion.namesItsCommand()) {
            know(session, List.of(new AppliedDeletion(deletion.command(), offset)));
        }
        lastRead.remove(session);
        lastRead.put(session, offset);
        if (lastRead.size() > MAX_SESSIONS) {
            lastRead.remove(lastRead.keySet().iterator().next());
        }
    }

    /** Whether a deletion that was read deletes a turn that is over. */
    boolean haveDeleted(Turn turn) {
        return lastReadOf(turn.session()) > turn.trace().firstOffset();
    }

    /** By which the records of a session are judged. Only the store knows earlier starts: see {@link PartitionFold#discard}. */
    SessionLog before(LogRecord.OfStream record) {
        long last = lastReadOf(record.session());
        for (AppliedDeletion each : of(record.session())) {
            if (each.offset() < record.position().offset()) {
                last = Math.max(last, each.offset());
            }
        }
        return new SessionLog(0, SessionLog.NONE, last, SessionLog.NONE);
    }

    /** All that was folded is in the store now. */
    void written() {
        known.clear();
    }

    private List<AppliedDeletion> of(SessionKey session) {
        return known.getOrDefault(session, List.of());
    }

    private long lastReadOf(SessionKey session) {
        return lastRead.getOrDefault(session, SessionLog.NONE);
    }
}
