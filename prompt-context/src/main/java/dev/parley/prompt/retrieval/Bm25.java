package dev.parley.prompt.retrieval;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Okapi BM25 (Robertson and Zaragoza, 2009) over a few texts, in Lucene's form. A score is given as its share of the most that any
 * text could have: 0 to 1, comparable between messages. Pure.
 */
final class Bm25 {
    private static final double K1 = 1.2;
    private static final double B = 0.75;
    private static final int MAX_QUERY_TERMS = 64;

    private final List<Map<String, Integer>> texts;
    private final List<Integer> lengths;
    private final double meanLength;
    private final Map<String, Integer> frequencies = new HashMap<>();

    /** @param index of the text */
    record Hit(int index, double score) {}

    Bm25(List<List<String>> terms) {
        texts = terms.stream().map(Bm25::counted).toList();
        lengths = terms.stream().map(List::size).toList();
        meanLength = Math.max(
                1, lengths.stream().mapToInt(Integer::intValue).average().orElse(1));
        texts.forEach(text -> text.keySet().forEach(term -> frequencies.merge(term, 1, Integer::sum)));
    }

    private static Map<String, Integer> counted(List<String> terms) {
        Map<String, Integer> counts = new HashMap<>();
        terms.forEach(term -> counts.merge(term, 1, Integer::sum));
        return Collections.unmodifiableMap(counts);
    }

    /** Best first; of equals the later text. Nothing below {@code least}. */
    List<Hit> best(Collection<String> query, double least) {
        Set<String> asked =
                new HashSet<>(query.stream().distinct().limit(MAX_QUERY_TERMS).toList());
        double most = asked.stream().mapToDouble(this::weight).sum();
        return IntStream.range(0, texts.size())
                .mapToObj(i -> new Hit(i, most == 0 ? 0 : score(asked, i) / most))
                .filter(hit -> hit.score() > 0 && hit.score() >= least)
                .sorted(Comparator.comparingDouble(Hit::score)
                        .thenComparingInt(Hit::index)
                        .reversed())
                .toList();
    }

    private double score(Set<String> asked, int index) {
        double length = K1 * (1 - B + B * lengths.get(index) / meanLength);
        double score = 0;
        for (String term : asked) {
            int count = texts.get(index).getOrDefault(term, 0);
            score += weight(term) * count / (count + length);
        }
        return score;
    }

    private double weight(String term) {
        return weight(texts.size(), frequencies.getOrDefault(term, 0));
    }

    /** The inverse document frequency. A term that no text has counts half of one that one text has: it is a lack, but a word more or less is nothing. */
    static double weight(int texts, int frequency) {
        int known = Math.max(1, frequency);
        double weight = Math.log(1 + (texts - known + 0.5) / (known + 0.5));
        return frequency == 0 ? weight / 2 : weight;
    }
}
