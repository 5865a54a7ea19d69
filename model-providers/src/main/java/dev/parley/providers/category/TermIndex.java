package dev.parley.providers.category;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ObjIntConsumer;

/** Finds all terms in one pass over a text: at each word it compares only the terms that begin with that word. */
final class TermIndex {

    private final Map<String, List<Term>> byFirstWord = new HashMap<>();

    TermIndex(List<Terms> all) {
        for (Terms terms : all) {
            for (String text : terms.terms()) {
                String first = text.split(" ", 2)[0];
                byFirstWord
                        .computeIfAbsent(first, _ -> new ArrayList<>())
                        .add(new Term(text + " ", terms.category(), terms.weight()));
            }
        }
    }

    /** @param text followed by a blank */
    private record Term(String text, Category category, int weight) {}

    /**
     * @param words each followed by one blank
     * @param found is called once for each term
     */
    void find(String words, ObjIntConsumer<Category> found) {
        Set<Term> seen = new HashSet<>();
        int start = 0;
        for (int end = words.indexOf(' '); end >= 0; end = words.indexOf(' ', start)) {
            for (Term term : byFirstWord.getOrDefault(words.substring(start, end), List.of())) {
                if (words.startsWith(term.text(), start) && seen.add(term)) {
                    found.accept(term.category(), term.weight());
                }
            }
            start = end + 1;
        }
    }
}
