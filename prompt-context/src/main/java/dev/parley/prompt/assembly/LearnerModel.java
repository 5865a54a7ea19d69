package dev.parley.prompt.assembly;

import dev.parley.prompt.PastTurn;
import dev.parley.prompt.PromptRequest;
import dev.parley.prompt.ability.Abilities;
import dev.parley.prompt.ability.Abilities.Within;
import dev.parley.prompt.ability.Ability;
import dev.parley.prompt.ability.Outcome;
import dev.parley.prompt.emotion.LexiconEmotions;
import dev.parley.prompt.retrieval.Terms;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.Difficulty;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Estimates the user's ability in the subject of a turn, before and after the turn. It is taken from the session's turns in the partition
 * state; if none of them has the subject, from the projection of all the user's sessions.
 */
final class LearnerModel {
    private final Abilities abilities;
    private final LexiconEmotions lexicon;
    private final Terms terms;

    /**
     * @param difficulty the level for the answer, from the ability before the turn
     * @param after the ability after the turn
     */
    record Learned(Difficulty difficulty, AbilityUpdated after) {}

    LearnerModel(Abilities abilities, LexiconEmotions lexicon, Terms terms) {
        this.abilities = abilities;
        this.lexicon = lexicon;
        this.terms = terms;
    }

    /** The call that makes the estimate; empty if the turn has no subject. */
    Optional<Callable<Learned>> about(PromptRequest request) {
        String subject = request.context().subject();
        return subject == null || subject.isBlank() ? Optional.empty() : Optional.of(() -> learned(request, subject));
    }

    private Learned learned(PromptRequest request, String subject) {
        List<PastTurn> past = request.past().stream()
                .filter(turn ->
                        turn.ability() != null && turn.ability().subject().equals(subject))
                .toList();
        Ability before = Ability.fold(past.stream().map(PastTurn::ability))
                .or(() -> abilities.best(
                        request.session(),
                        subject,
                        request.sessionDeleted() ? Within.OTHER_SESSIONS : Within.ALL_SESSIONS))
                .map(Ability::of)
                .orElse(Ability.UNKNOWN);
        Outcome outcome = outcome(request.message(), past);
        return new Learned(before.difficulty(subject), before.after(outcome).written(subject));
    }

    private Outcome outcome(String message, List<PastTurn> past) {
        Outcome.Question asked = question(message);
        Outcome.Question last = past.isEmpty() ? asked : question(past.getLast().message());
        return Outcome.of(lexicon.read(message), asked, last);
    }

    private Outcome.Question question(String text) {
        return new Outcome.Question(text, terms.of(text));
    }
}
