package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import java.util.List;

/** What the log of the last minutes has, and the store may not have yet. */
public interface RecentTurns {

    /** Of a reader that has only the store. */
    RecentTurns NONE = new RecentTurns() {
        @Override
        public List<UnfinishedTurn> waiting(SessionKey session) {
            return List.of();
        }

        @Override
        public List<UnfinishedTurn> waiting(UserId user) {
            return List.of();
        }
    };

    /** What was asked for in a session and is not over, in the order in which it was asked. */
    List<UnfinishedTurn> waiting(SessionKey session);

    /** As {@link #waiting(SessionKey)}, in all sessions of a user. */
    List<UnfinishedTurn> waiting(UserId user);
}
