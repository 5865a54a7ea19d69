package dev.parley.prompt.retrieval;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.lucene.search.CollectionStatistics;
import org.apache.lucene.search.TermStatistics;
import org.apache.lucene.search.similarities.Similarity.SimScorer;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.SmallFloat;

/**
 * Ranks a few texts by {@link Bm25}, with the scores that a Lucene index of them would give. There is no index because building one
 * for a single query costs about 2 ms, several times as much as counting the terms. Pure.
 */
final class TextRanking {
    private final List<Map<String, Integer>> counts;
    private final List<Integer> lengths;
    private final Map<String, Integer> textsByTerm = new HashMap<>();
    private final int textsWithTerms;

    /**
     * A text that matches a query.
     *
     * @param index position of the text
     * @param score share of the highest possible score, 0 to 1
     */
    record Hit(int index, double score) {}

    /** @param texts each as its terms, with repeats */
    TextRanking(List<List<String>> texts) {
        counts = texts.stream().map(TextRanking::counted).toList();
        lengths = texts.stream().map(List::size).toList();
        counts.forEach(text -> text.keySet().forEach(term -> textsByTerm.merge(term, 1, Integer::sum)));
        textsWithTerms = (int) counts.stream().filter(text -> !text.isEmpty()).count();
    }

    private static Map<String, Integer> counted(List<String> terms) {
        Map<String, Integer> counts = new HashMap<>();
        terms.forEach(term -> counts.merge(term, 1, Integer::sum));
        return counts;
    }

    /** The texts that have a term of the query and at least this score, best first; of equal scores the later text first. */
    List<Hit> best(Collection<String> query, double minScore) {
        if (textsWithTerms == 0 || query.isEmpty()) {
            return List.of();
        }
        double highest = query.stream().mapToDouble(this::highest).sum();
        Map<String, SimScorer> scorers = scorers(query);
        return IntStream.range(0, counts.size())
                .mapToObj(i -> new Hit(i, Math.clamp(score(i, scorers) / highest, 0, 1)))
                .filter(hit -> hit.score() > 0 && hit.score() >= minScore)
                .sorted(Comparator.comparingDouble(Hit::score)
                        .thenComparingInt(Hit::index)
                        .reversed())
                .toList();
    }

    private double highest(String term) {
        return Bm25.INSTANCE.highest(textsWithTerms, textsByTerm.getOrDefault(term, 0));
    }

    private Map<String, SimScorer> scorers(Collection<String> query) {
        long distinctTerms = counts.stream().mapToLong(Map::size).sum();
        long allTerms = lengths.stream().mapToLong(Integer::longValue).sum();
        CollectionStatistics collection =
                new CollectionStatistics("text", counts.size(), textsWithTerms, allTerms, distinctTerms);
        Map<String, SimScorer> scorers = new HashMap<>();
        for (String term : query) {
            int texts = textsByTerm.getOrDefault(term, 0);
            if (texts > 0) {
                // BM25 does not use how often the term occurs in all texts: any possible number will do
                TermStatistics statistics = new TermStatistics(new BytesRef(term), texts, texts);
                scorers.put(term, Bm25.INSTANCE.scorer(1, collection, statistics));
            }
        }
        return scorers;
    }

    private double score(int index, Map<String, SimScorer> scorers) {
        long norm = SmallFloat.intToByte4(lengths.get(index));
        double score = 0;
        for (Map.Entry<String, SimScorer> scorer : scorers.entrySet()) {
            int count = counts.get(index).getOrDefault(scorer.getKey(), 0);
            score += count == 0 ? 0 : scorer.getValue().score(count, norm);
        }
        return score;
    }
}
