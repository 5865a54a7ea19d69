package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import java.util.List;

/** What the log of the last minutes has, and the store may not have yet. */
public interface Recent {

    /** Of a reader that has only the store. */
    Recent NONE = new Recent() {
        @Override
        public List<WaitingTurn> waiting(SessionKey session) {
            return List.of();
        }

        @Override
        public List<WaitingTurn> waiting(UserId user) {
            return List.of();
        }
    };

    /** What was asked for in a session and is not over, in the order in which it was asked. */
    List<WaitingTurn> waiting(SessionKey session);

    /** As {@link #waiting(SessionKey)}, in all sessions of a user. */
    List<WaitingTurn> waiting(UserId user);
}
