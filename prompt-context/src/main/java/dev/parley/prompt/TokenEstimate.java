package dev.parley.prompt;

/** About how many tokens a text has, where nobody counted. */
public final class TokenEstimate {
    private static final int CHARS_PER_TOKEN = 4;

    private TokenEstimate() {}

    public static int ofChars(int chars) {
        return Math.ceilDiv(chars, CHARS_PER_TOKEN);
    }
}
