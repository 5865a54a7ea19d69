package dev.parley.prompt.assembly;

import dev.parley.prompt.PastTurn;
import dev.parley.prompt.TokenEstimate;
import dev.parley.prompt.retrieval.Passage;
import dev.parley.prompt.retrieval.RelevantTurns;
import dev.parley.prompt.retrieval.Terms;
import dev.parley.providers.ModelMessage;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.RagSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Assembles a prompt from its parts, within the limits. The user's message is always the last one, as it was sent. Pure. */
final class Assembly {
    private final ContextSettings settings;
    private final RelevantTurns relevantTurns;

    /** The messages and their description for the event. */
    record Assembled(List<ModelMessage> messages, ContextUsed used, int tokens) {}

    Assembly(ContextSettings settings, Terms terms) {
        this.settings = settings;
        this.relevantTurns = new RelevantTurns(terms, settings.relevant());
    }

    Assembled of(String message, PromptParts parts) {
        List<PastTurn> recent = newest(parts.turns());
        List<PastTurn> earlier = parts.turns().subList(0, parts.turns().size() - recent.size());
        List<PastTurn> relevant = relevantTurns.of(message, earlier);
        Optional<List<Passage.Found>> passages = parts.passages().map(this::fitting);

        List<ModelMessage> messages = new ArrayList<>();
        instructions(parts, passages.orElse(List.of())).ifPresent(messages::add);
        Stream.concat(relevant.stream(), recent.stream()).forEach(turn -> {
            messages.add(ModelMessage.user(turn.message()));
            messages.add(ModelMessage.assistant(turn.answer()));
        });
        Quotation.of(passages.orElse(List.of())).map(ModelMessage::user).ifPresent(messages::add);
        messages.add(ModelMessage.user(message));
        return new Assembled(
                messages,
                new ContextUsed(
                        2 * recent.size(),
                        2 * relevant.size(),
                        false,
                        passages.isPresent(),
                        passages.map(Assembly::sources).orElse(null),
                        parts.difficulty().orElse(null),
                        parts.leftOut().isEmpty() ? null : parts.leftOut()),
                messages.stream().mapToInt(part -> tokens(part.text())).sum());
    }

    /** The newest turns within the limits. */
    private List<PastTurn> newest(List<PastTurn> turns) {
        int tokens = 0;
        int first = turns.size();
        while (first > 0 && turns.size() - first < settings.turns()) {
            PastTurn turn = turns.get(first - 1);
            tokens += TokenEstimate.ofChars(
                    turn.message().length() + turn.answer().length());
            if (tokens > settings.tokens()) {
                break;
            }
            first--;
        }
        return turns.subList(first, turns.size());
    }

    private List<Passage.Found> fitting(List<Passage.Found> passages) {
        List<Passage.Found> fitting = new ArrayList<>();
        int tokens = 0;
        for (Passage.Found found : passages) {
            int cost = tokens(found.passage().text());
            if (fitting.size() < settings.passages().passages()
                    && tokens + cost <= settings.passages().tokens()) {
                fitting.add(found);
                tokens += cost;
            }
        }
        return fitting;
    }

    private Optional<ModelMessage> instructions(PromptParts parts, List<Passage.Found> passages) {
        List<String> lines = new ArrayList<>();
        lines.add(settings.system());
        parts.difficulty().map(LevelInstruction::of).ifPresent(lines::add);
        lines.add(passages.isEmpty() ? "" : Quotation.RULE);
        String text = String.join(
                "\n\n", lines.stream().filter(line -> !line.isEmpty()).toList());
        return text.isEmpty() ? Optional.empty() : Optional.of(ModelMessage.system(text));
    }

    private static List<RagSource> sources(List<Passage.Found> passages) {
        return passages.stream()
                .map(found -> new RagSource(
                        found.passage().id(),
                        found.passage().title(),
                        found.score(),
                        found.passage().text()))
                .toList();
    }

    private static int tokens(String text) {
        return TokenEstimate.ofChars(text.length());
    }
}
