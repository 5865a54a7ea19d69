package dev.parley.schema.log;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.log.SessionLog.Deletion;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@link SessionLog} of every session of one partition, for a reader that folds all of it. Only sessions with deletions take room, and
 * only a bounded number: for those that are forgotten the reader is one that began after their deletion. Not thread-safe.
 */
public final class SessionLogs {

    private final int mostDeleted;
    private final Map<SessionKey, SessionLog> deleted = new LinkedHashMap<>();
    private long readFrom;

    /**
     * @param readFrom the first offset of the partition that is read
     * @param mostDeleted for so many sessions deletions are kept
     */
    public SessionLogs(long readFrom, int mostDeleted) {
        this.readFrom = readFrom;
        this.mostDeleted = mostDeleted;
    }

    /** The log has nothing before this offset that was read: it begins later than the reader asked for. */
    public void beginsAt(long offset) {
        readFrom = Math.max(readFrom, offset);
    }

    public SessionLog of(SessionKey session) {
        SessionLog known = deleted.get(session);
        return known == null ? SessionLog.readFrom(readFrom) : known;
    }

    /** Judges the next record of a stream. The stream after it is {@code verdict.after(stream)}. */
    public Verdict accept(SessionKey session, StreamLog stream, Entry entry) {
        return of(session).accept(stream, entry);
    }

    /**
     * Folds a {@code conversation_deleted}.
     *
     * @param command of its header {@code ce_commandoffset}; null if it has none
     * @param folded of its header {@code ce_foldedoffset}; null if it has none
     * @param offset its own
     * @return what becomes of the streams of the session: {@link Deletion#after(StreamLog)}
     */
    public Deletion deleted(SessionKey session, @Nullable Long command, @Nullable Long folded, long offset) {
        Deletion deletion = of(session).deleted(command, folded, offset);
        deleted.remove(session);
        deleted.put(session, deletion.after());
        if (deleted.size() > mostDeleted) {
            forgetOldest();
        }
        return deletion;
    }

    private void forgetOldest() {
        Iterator<SessionLog> oldest = deleted.values().iterator();
        SessionLog forgotten = oldest.next();
        oldest.remove();
        readFrom = Math.max(readFrom, 1 + Math.max(forgotten.deletedAt(), forgotten.perhapsDeletedAt()));
    }
}
