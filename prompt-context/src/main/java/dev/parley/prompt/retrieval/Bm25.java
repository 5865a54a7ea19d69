package dev.parley.prompt.retrieval;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.lucene.search.similarities.BM25Similarity;

/**
 * Lucene's BM25 with its default parameters. It also knows the highest score that a text can reach, so that scores can be given as a
 * share of that: 0 to 1, comparable between queries.
 */
final class Bm25 extends BM25Similarity {
    static final Bm25 INSTANCE = new Bm25();

    /**
     * Texts with a lower share are not relevant. A text of mean length that has each word of the query once has a share of 0.45, so
     * this is about a quarter of the query's words, weighted by how rare they are.
     */
    static final double MIN_SHARE = 0.12;

    private static final int MAX_QUERY_TERMS = 64;

    private Bm25() {}

    /** The terms of a query that are searched for. */
    static SortedSet<String> query(Terms terms, String text) {
        TreeSet<String> asked = new TreeSet<>();
        terms.of(text).stream().distinct().limit(MAX_QUERY_TERMS).forEach(asked::add);
        return Collections.unmodifiableSortedSet(asked);
    }

    /**
     * The highest score that a term can add. A term that no text has counts half of one that a single text has: the texts lack it, but
     * one word more or less in a query should not change much.
     *
     * @param texts how many texts have any term, at least one
     * @param frequency how many of them have this term
     */
    double highest(int texts, int frequency) {
        return frequency == 0 ? idf(1, texts) / 2 : idf(frequency, texts);
    }
}
