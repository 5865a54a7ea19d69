package dev.parley.prompt.emotion;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Splits a message into tokens in one pass. Code is skipped. */
final class Tokens {
    private static final String FENCE = "```";
    private static final String MARKS = ".!?;:,…。！？¡¿\n";
    private static final int LONGEST_EMOTICON = 4;

    private final String text;
    private final Predicate<String> isEmoticon;
    private final List<Token> found = new ArrayList<>();
    private int at;

    private Tokens(String text, Predicate<String> isEmoticon) {
        this.text = text;
        this.isEmoticon = isEmoticon;
    }

    static List<Token> of(String message, Predicate<String> isEmoticon) {
        return new Tokens(message, isEmoticon).split();
    }

    private List<Token> split() {
        while (at < text.length()) {
            int symbol = text.codePointAt(at);
            if (text.startsWith(FENCE, at)) {
                skipCode(FENCE);
            } else if (symbol == '`') {
                skipCode("`");
            } else if (!takeEmoticon() && !takeWord(symbol) && !takeMarks()) {
                if (isEmoji(symbol)) {
                    found.add(new Token.Symbol(Character.toString(symbol)));
                }
                at += Character.charCount(symbol);
            }
        }
        return found;
    }

    /** A fence that is not closed extends to the end; a backtick that is not closed in its line is ignored. */
    private void skipCode(String mark) {
        int end = text.indexOf(mark, at + mark.length());
        if (mark.equals(FENCE)) {
            at = end < 0 ? text.length() : end + mark.length();
        } else {
            at = end < 0 || text.indexOf('\n', at, end) >= 0 ? at + 1 : end + 1;
        }
    }

    private boolean takeEmoticon() {
        if (Character.isLetterOrDigit(text.charAt(at)) || (at > 0 && !Character.isWhitespace(text.charAt(at - 1)))) {
            return false;
        }
        for (int length = Math.min(LONGEST_EMOTICON, text.length() - at); length > 1; length--) {
            String candidate = text.substring(at, at + length);
            if (isEmoticon.test(candidate)) {
                found.add(new Token.Symbol(candidate));
                at += length;
                return true;
            }
        }
        return false;
    }

    private boolean takeWord(int first) {
        if (!Character.isLetterOrDigit(first)) {
            return false;
        }
        int start = at;
        while (at < text.length() && isInWord(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        addWord(text.substring(start, at).replace('’', '\'').replace('ʼ', '\''));
        return true;
    }

    private boolean isInWord(int symbol) {
        boolean apostrophe = symbol == '\'' || symbol == '’';
        return Character.isLetterOrDigit(symbol)
                || Character.getType(symbol) == Character.NON_SPACING_MARK
                || (apostrophe && at + 1 < text.length() && Character.isLetter(text.charAt(at + 1)));
    }

    /** {@code j'adore} is two words; {@code don't} and {@code i'm} are one. */
    private void addWord(String word) {
        int apostrophe = word.indexOf('\'');
        if (apostrophe >= 1 && apostrophe <= 2 && word.length() - apostrophe > 3) {
            addPlain(word.substring(0, apostrophe));
            addPlain(word.substring(apostrophe + 1));
        } else {
            addPlain(word);
        }
    }

    private void addPlain(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        boolean inCapitals = word.length() > 1 && !word.equals(lower) && word.equals(word.toUpperCase(Locale.ROOT));
        found.add(new Token.Word(lower, inCapitals));
    }

    private boolean takeMarks() {
        int start = at;
        while (at < text.length() && MARKS.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at > start) {
            found.add(new Token.Break(text.substring(start, at)));
        }
        return at > start;
    }

    private static boolean isEmoji(int symbol) {
        return symbol > 0xFF && Character.isEmoji(symbol);
    }
}
