package dev.parley.prompt.ability;

import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.id.SessionKey;
import java.util.Optional;

/** The abilities that were projected from the log. It may lag behind the log, block, and fail. */
public interface Abilities {
    /** The one with the most evidence that the user's sessions have told of the subject. */
    Optional<AbilityUpdated> best(SessionKey session, String subject, Within within);

    /** Which sessions count. */
    enum Within {
        ALL_SESSIONS,
        /** For a session that was deleted: the store may still know too much of it. */
        OTHER_SESSIONS
    }
}
