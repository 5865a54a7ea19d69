package dev.parley.prompt.retrieval;

import dev.parley.prompt.PastTurn;
import dev.parley.prompt.TokenEstimate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Selects the earlier turns of a conversation that are relevant to a message. Pure. */
public final class RelevantTurns {
    /** How much of a turn's message is read, and of its answer. */
    private static final int READ_CHARS = 2_000;

    private final Terms terms;
    private final Bounds bounds;

    /**
     * @param turns limit of their number
     * @param tokens limit of their tokens, estimated
     */
    public record Bounds(int turns, int tokens) {}

    public RelevantTurns(Terms terms, Bounds bounds) {
        this.terms = terms;
        this.bounds = bounds;
    }

    /** The relevant turns in the order of the conversation. A turn that exceeds the limit of tokens is left out as a whole. */
    public List<PastTurn> of(String message, List<PastTurn> earlier) {
        if (earlier.isEmpty() || bounds.turns() == 0) {
            return List.of();
        }
        TextRanking ranking = new TextRanking(earlier.stream().map(this::about).toList());
        Set<Integer> chosen = new TreeSet<>();
        int tokens = 0;
        for (TextRanking.Hit hit : ranking.best(Bm25.query(terms, head(message)), Bm25.MIN_SHARE)) {
            int cost = tokens(earlier.get(hit.index()));
            if (chosen.size() < bounds.turns() && tokens + cost <= bounds.tokens()) {
                chosen.add(hit.index());
                tokens += cost;
            }
        }
        return chosen.stream().map(earlier::get).toList();
    }

    private List<String> about(PastTurn turn) {
        return terms.of(head(turn.message()) + "\n" + head(turn.answer()));
    }

    private static String head(String text) {
        return text.substring(0, Math.min(text.length(), READ_CHARS));
    }

    private static int tokens(PastTurn turn) {
        return TokenEstimate.ofChars(turn.message().length() + turn.answer().length());
    }
}
