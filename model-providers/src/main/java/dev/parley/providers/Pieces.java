package dev.parley.providers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a text that was not streamed into pieces of about a word, each with the white space after it. */
public final class Pieces {

    private static final Pattern PIECE = Pattern.compile("\\S{1,12}\\s{0,64}|\\s{1,64}");

    private Pieces() {}

    /** The joined pieces are exactly the text. */
    public static List<String> of(String text) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = PIECE.matcher(text);
        while (matcher.find()) {
            pieces.add(matcher.group());
        }
        return pieces;
    }
}
