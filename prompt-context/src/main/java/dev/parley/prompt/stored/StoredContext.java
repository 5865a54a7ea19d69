package dev.parley.prompt.stored;

import dev.parley.prompt.PastTurn;
import dev.parley.prompt.ability.Abilities;
import dev.parley.prompt.assembly.History;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.id.SessionKey;
import dev.parley.store.read.AnsweredTurns;
import java.util.List;
import java.util.Optional;

/** Past turns and abilities from the store. */
public final class StoredContext implements History, Abilities {

    private final AnsweredTurns turns;

    public StoredContext(AnsweredTurns turns) {
        this.turns = turns;
    }

    @Override
    public List<PastTurn> newest(SessionKey session, int limit) throws InterruptedException {
        return turns.newest(session, limit).stream()
                .map(turn -> new PastTurn(turn.id(), turn.message(), turn.answer()))
                .toList();
    }

    @Override
    public Optional<AbilityUpdated> best(SessionKey session, String subject, Within within) {
        return turns.bestAbility(session, subject, within == Within.ALL_SESSIONS);
    }
}
