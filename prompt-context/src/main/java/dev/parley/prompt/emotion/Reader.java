package dev.parley.prompt.emotion;

import dev.parley.prompt.emotion.Lexicon.Entry;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Applies the rules of VADER (Hutto and Gilbert, ICWSM 2014) for degree words, capitals, negation, "but" and punctuation, with the published
 * constants, to the words that express a feeling. The arousal is the mean of the feelings' arousals.
 */
final class Reader {
    private static final double BOOST = 0.293;
    private static final double[] BOOST_BY_DISTANCE = {1, 0.95, 0.9};
    private static final double CAPITALS = 0.733;
    private static final double NEGATION = -0.74;
    private static final double BEFORE_BUT = 0.5;
    private static final double AFTER_BUT = 1.5;
    private static final double EXCLAMATION = 0.292;
    private static final int MAX_EXCLAMATIONS = 4;
    private static final double QUESTION = 0.18;
    private static final double MANY_QUESTIONS = 0.96;
    private static final double NORMALISATION = 15;

    private static final Pattern REPEATED_LETTER = Pattern.compile("(\\p{L})\\1{2,}");

    private static final double FULL_STRENGTH = 2;
    private static final double EXCLAMATION_AROUSAL = 0.04;
    private static final double CAPITALS_AROUSAL = 0.1;

    private final List<Token> tokens;
    private final Lexicon language;
    private final Lexicon symbols;
    private final Map<Feeling, Double> strengths = new EnumMap<>(Feeling.class);
    private final String[] plainWords;
    private final boolean someInCapitals;
    private final boolean allInCapitals;
    private final int lastContrast;
    private final int exclamations;
    private final int questions;
    private double sum;

    Reader(List<Token> tokens, Lexicon language, Lexicon symbols) {
        this.tokens = tokens;
        this.language = language;
        this.symbols = symbols;
        this.plainWords = tokens.stream()
                .map(token -> token instanceof Token.Word word ? plain(word.text()) : "")
                .toArray(String[]::new);
        long words = tokens.stream().filter(Token.Word.class::isInstance).count();
        long inCapitals = tokens.stream()
                .filter(token -> token instanceof Token.Word word && word.inCapitals())
                .count();
        this.someInCapitals = inCapitals > 0 && inCapitals < words;
        this.allInCapitals = words > 1 && inCapitals == words;
        this.lastContrast = lastContrast();
        int exclaimed = 0;
        int questioned = 0;
        for (Token token : tokens) {
            if (token instanceof Token.Break(String marks)) {
                exclaimed += count(marks, '!', '！');
                questioned += count(marks, '?', '？');
            }
        }
        this.exclamations = Math.min(MAX_EXCLAMATIONS, exclaimed);
        this.questions = questioned;
    }

    /** A word without repeated letters: {@code sooo} is {@code so}. */
    private String plain(String word) {
        if (language.knows(word)) {
            return word;
        }
        String twice = REPEATED_LETTER.matcher(word).replaceAll("$1$1");
        return twice.equals(word) || language.knows(twice)
                ? twice
                : REPEATED_LETTER.matcher(word).replaceAll("$1");
    }

    private int lastContrast() {
        for (int i = tokens.size() - 1; i >= 0; i--) {
            if (tokens.get(i) instanceof Token.Word word && language.contrasts().contains(word.text())) {
                return i;
            }
        }
        return -1;
    }

    Reading read() {
        int at = 0;
        while (at < tokens.size()) {
            at += switch (tokens.get(at)) {
                case Token.Word _ -> readWords(at);
                case Token.Symbol symbol -> readSymbol(symbol);
                case Token.Break _ -> 1;
            };
        }
        double marked = sum + Math.signum(sum) * (exclamations * EXCLAMATION + questions());
        double valence = marked / Math.sqrt(marked * marked + NORMALISATION);
        return new Reading(Map.copyOf(strengths), valence, arousal());
    }

    private int readSymbol(Token.Symbol symbol) {
        symbols.find(symbol.text()).ifPresent(entry -> add(entry.feeling(), entry.strength()));
        return 1;
    }

    /**
     * Reads the longest phrase of the lexicon that begins here.
     *
     * @return the number of its words, 1 if there is none
     */
    private int readWords(int from) {
        String[] phrases = new String[Lexicon.MAX_WORDS];
        int words = 0;
        while (words < phrases.length
                && from + words < tokens.size()
                && tokens.get(from + words) instanceof Token.Word) {
            String plain = plainWords[from + words];
            phrases[words] = words == 0 ? plain : phrases[words - 1] + " " + plain;
            words++;
        }
        for (int length = words; length > 0; length--) {
            Optional<Entry> entry = language.find(phrases[length - 1]);
            if (entry.isPresent()) {
                apply(entry.get(), from);
                return length;
            }
        }
        return 1;
    }

    private void apply(Entry entry, int at) {
        double strength = entry.strength();
        boolean negated = false;
        for (int back = 1; back <= BOOST_BY_DISTANCE.length && at - back >= 0; back++) {
            if (!(tokens.get(at - back) instanceof Token.Word)) {
                break;
            }
            String word = plainWords[at - back];
            if (language.boosters().contains(word)) {
                strength += BOOST * BOOST_BY_DISTANCE[back - 1];
            } else if (language.dampeners().contains(word)) {
                strength -= BOOST * BOOST_BY_DISTANCE[back - 1];
            }
            negated |= language.negators().contains(word);
        }
        if (someInCapitals && tokens.get(at) instanceof Token.Word(String _, boolean inCapitals) && inCapitals) {
            strength += CAPITALS;
        }
        if (lastContrast >= 0) {
            strength *= at < lastContrast ? BEFORE_BUT : AFTER_BUT;
        }
        if (negated) {
            negate(entry.feeling(), strength);
        } else {
            add(entry.feeling(), strength);
        }
    }

    private void add(Feeling feeling, double strength) {
        sum += strength * feeling.pleasantness();
        strengths.merge(feeling, strength, Double::sum);
    }

    private void negate(Feeling feeling, double strength) {
        sum += strength * feeling.pleasantness() * NEGATION;
        feeling.negated().ifPresent(other -> strengths.merge(other, strength * -NEGATION, Double::sum));
    }

    /** As in VADER: a single question mark has no effect, and more than three have the effect of four. */
    private double questions() {
        return questions < 2 ? 0 : questions > 3 ? MANY_QUESTIONS : questions * QUESTION;
    }

    private static int count(String marks, char one, char other) {
        int count = 0;
        for (int i = 0; i < marks.length(); i++) {
            count += marks.charAt(i) == one || marks.charAt(i) == other ? 1 : 0;
        }
        return count;
    }

    private double arousal() {
        double total =
                strengths.values().stream().mapToDouble(Double::doubleValue).sum();
        double mean = strengths.entrySet().stream()
                .mapToDouble(entry -> entry.getKey().arousal() * entry.getValue())
                .sum();
        double certainty = Math.min(1, total / FULL_STRENGTH);
        double felt = total > 0
                ? Feeling.NEUTRAL_AROUSAL + (mean / total - Feeling.NEUTRAL_AROUSAL) * certainty
                : Feeling.NEUTRAL_AROUSAL;
        return Math.clamp(
                felt + exclamations * EXCLAMATION_AROUSAL + (someInCapitals || allInCapitals ? CAPITALS_AROUSAL : 0),
                0,
                1);
    }
}
