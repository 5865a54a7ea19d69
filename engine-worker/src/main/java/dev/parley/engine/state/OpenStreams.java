package dev.parley.engine.state;

import dev.parley.schema.id.UserId;
import java.util.HashMap;
import java.util.Map;

/** How many streams of each user run. Not thread-safe. */
final class OpenStreams {
    private final Map<UserId, Integer> byUser = new HashMap<>();

    /** @param runs whether the turn's stream runs; a turn counts once */
    void count(TurnState turn, boolean runs) {
        if (turn.isCounted != runs) {
            turn.isCounted = runs;
            byUser.merge(turn.id().user(), runs ? 1 : -1, (a, b) -> a + b == 0 ? null : a + b);
        }
    }

    int of(UserId user) {
        return byUser.getOrDefault(user, 0);
    }
}
