package dev.parley.projection.turn;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import java.time.Instant;

/** What a record does to its conversation. At most one a record, so the offset names it. */
public sealed interface ConversationStep {

    SessionKey session();

    long offset();

    Instant at();

    /** A turn began: two messages more, the user's and the answer. */
    record Opened(SessionKey session, StreamId stream, String title, long offset, Instant at)
            implements ConversationStep {}

    /** A turn ended. */
    record Ended(SessionKey session, StreamId stream, long offset, Instant at) implements ConversationStep {}

    /**
     * All turns that began before are forgotten.
     *
     * @param command as in {@link LogRecord.Deletion}
     */
    record Deleted(SessionKey session, long command, long offset, Instant at) implements ConversationStep {}
}
