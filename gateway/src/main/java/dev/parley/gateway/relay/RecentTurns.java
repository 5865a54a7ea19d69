package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import java.util.List;

/** Turns that are in the log and that MongoDB may not have yet. */
public interface RecentTurns {

    /** For a reader that has MongoDB only. */
    RecentTurns NONE = new RecentTurns() {
        @Override
        public List<UnfinishedTurn> unfinishedTurns(SessionKey session) {
            return List.of();
        }

        @Override
        public List<UnfinishedTurn> unfinishedTurns(UserId user) {
            return List.of();
        }
    };

    /** The unfinished turns of a session, in the order of their commands. */
    List<UnfinishedTurn> unfinishedTurns(SessionKey session);

    /** The unfinished turns of all sessions of a user; those of one session are in the order of their commands. */
    List<UnfinishedTurn> unfinishedTurns(UserId user);
}
