package dev.parley.prompt.retrieval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.FilteringTokenFilter;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.jspecify.annotations.Nullable;

/**
 * The terms of a text: its words (UAX #29) in lower case, without common words, and without a final {@code s} (Harman's S-stemmer, 1991).
 */
public final class Terms {
    private final Analyzer analyzer;

    /** @param isCommon tests a word in lower case */
    public Terms(Predicate<String> isCommon) {
        this.analyzer = new WordAnalyzer(isCommon);
    }

    Analyzer analyzer() {
        return analyzer;
    }

    /** The terms in the order of the text, with repeats. */
    public List<String> of(String text) {
        List<String> terms = new ArrayList<>();
        try (TokenStream words = analyzer.tokenStream("text", text)) {
            CharTermAttribute word = words.getAttribute(CharTermAttribute.class);
            words.reset();
            while (words.incrementToken()) {
                terms.add(word.toString());
            }
            words.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a string can always be read
        }
        return terms;
    }

    private static final class WordAnalyzer extends Analyzer {
        private final Predicate<String> isCommon;

        WordAnalyzer(Predicate<String> isCommon) {
            super(new NoReuse());
            this.isCommon = isCommon;
        }

        @Override
        protected TokenStreamComponents createComponents(String field) {
            StandardTokenizer words = new StandardTokenizer();
            return new TokenStreamComponents(
                    words, new PluralFilter(new CommonWordFilter(new LowerCaseFilter(words), isCommon)));
        }
    }

    /** Keeps no state per thread, because there are many short-lived virtual threads. */
    private static final class NoReuse extends Analyzer.ReuseStrategy {
        @Override
        public Analyzer.@Nullable TokenStreamComponents getReusableComponents(Analyzer analyzer, String field) {
            return null;
        }

        @Override
        public void setReusableComponents(Analyzer analyzer, String field, Analyzer.TokenStreamComponents components) {}
    }

    private static final class CommonWordFilter extends FilteringTokenFilter {
        private final CharTermAttribute word = addAttribute(CharTermAttribute.class);
        private final Predicate<String> isCommon;

        CommonWordFilter(TokenStream words, Predicate<String> isCommon) {
            super(words);
            this.isCommon = isCommon;
        }

        @Override
        protected boolean accept() {
            return !isCommon.test(word.toString());
        }
    }

    private static final class PluralFilter extends TokenFilter {
        private static final int MIN_CHARS = 4;

        private final CharTermAttribute word = addAttribute(CharTermAttribute.class);

        PluralFilter(TokenStream words) {
            super(words);
        }

        @Override
        public boolean incrementToken() throws IOException {
            if (!input.incrementToken()) {
                return false;
            }
            int last = word.length() - 1;
            if (last + 1 >= MIN_CHARS && word.charAt(last) == 's' && word.charAt(last - 1) != 's') {
                word.setLength(last);
            }
            return true;
        }
    }
}
