package dev.parley.prompt.ability;

import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.id.SessionKey;
import java.util.Optional;

/** Reads abilities that were projected from the log. It may lag behind the log, block, and fail. */
public interface Abilities {
    /** The user's ability in the subject with the most evidence of all sessions. */
    Optional<AbilityUpdated> best(SessionKey session, String subject, Within within);

    /** The sessions that are read. */
    enum Within {
        ALL_SESSIONS,
        /** For a session that was deleted: the store may still contain its turns. */
        OTHER_SESSIONS
    }
}
