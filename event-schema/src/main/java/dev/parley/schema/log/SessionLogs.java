package dev.parley.schema.log;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.log.SessionLog.Deletion;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@link SessionLog}s of all sessions of one partition. Only sessions with deletions are stored, up to a bound. If the oldest of them is
 * forgotten, the reader behaves as if it had begun to read after its deletion. Not thread-safe.
 */
public final class SessionLogs {

    private final int maxDeleted;
    private final Map<SessionKey, SessionLog> deleted = new LinkedHashMap<>();
    private long readFrom;

    /**
     * @param readFrom the first offset of the partition that is read
     * @param maxDeleted the number of sessions with deletions that are stored
     */
    public SessionLogs(long readFrom, int maxDeleted) {
        this.readFrom = readFrom;
        this.maxDeleted = maxDeleted;
    }

    /** To be called if the log begins at this offset, later than the reader requested. */
    public void beginsAt(long offset) {
        readFrom = Math.max(readFrom, offset);
    }

    public SessionLog of(SessionKey session) {
        SessionLog known = deleted.get(session);
        return known == null ? SessionLog.readFrom(readFrom) : known;
    }

    /** Accepts or drops the next record of a stream. The stream after it is {@code verdict.after(stream)}. */
    public Verdict accept(SessionKey session, StreamLog stream, Entry entry) {
        return of(session).accept(stream, entry);
    }

    /**
     * Folds a {@code conversation_deleted}.
     *
     * @param command its header {@code ce_commandoffset}; null if it has none
     * @param folded its header {@code ce_foldedoffset}; null if it has none
     * @param offset its own offset
     * @return the effect on each stream of the session: {@link Deletion#after(StreamLog)}
     */
    public Deletion deleted(SessionKey session, @Nullable Long command, @Nullable Long folded, long offset) {
        Deletion deletion = of(session).deleted(command, folded, offset);
        deleted.remove(session);
        deleted.put(session, deletion.after());
        if (deleted.size() > maxDeleted) {
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
