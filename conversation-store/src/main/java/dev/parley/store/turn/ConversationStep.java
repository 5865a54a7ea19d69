package dev.parley.store.turn;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import java.time.Instant;

/** What a record changes in its conversation. A record makes one step at most, so its offset identifies the step. */
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
     * All turns that began before are deleted.
     *
     * @param command the offset of the command that asked for it, or {@link #NO_COMMAND}
     */
    record Deleted(SessionKey session, long command, long offset, Instant at) implements ConversationStep {
        public static final long NO_COMMAND = -1;
    }
}
