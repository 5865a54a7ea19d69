package dev.parley.prompt.emotion;

import dev.parley.schema.event.Emotion;
import java.util.List;

/** Reads a message with the lexicon of the language that matches it best. Pure; takes linear time. */
public final class LexiconEmotions implements Emotions {
    private final List<Lexicon> languages = Lexicon.all();
    private final Lexicon symbols = Lexicon.symbols();
    private final Lexicon none = Lexicon.parse("");

    @Override
    public Emotion of(String message) {
        return read(message).emotion();
    }

    public Reading read(String message) {
        List<Token> tokens = Tokens.of(message, symbols.entries()::containsKey);
        return new Reader(tokens, language(tokens), symbols).read();
    }

    /** Whether a word is common in one of the languages, so that it says little about the topic of a text. */
    public boolean isCommon(String word) {
        return languages.stream().anyMatch(language -> language.common().contains(word));
    }

    private Lexicon language(List<Token> tokens) {
        Lexicon best = none;
        long most = 0;
        for (Lexicon language : languages) {
            long known = tokens.stream()
                    .filter(token -> token instanceof Token.Word word && language.knows(word.text()))
                    .count();
            if (known > most) {
                best = language;
                most = known;
            }
        }
        return best;
    }
}
