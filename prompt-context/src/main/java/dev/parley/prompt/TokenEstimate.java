package dev.parley.prompt;

/** Estimates the number of tokens of a text, for texts that no service has counted. */
public final class TokenEstimate {
    private static final int CHARS_PER_TOKEN = 4;

    private TokenEstimate() {}

    public static int ofChars(int chars) {
        return Math.ceilDiv(chars, CHARS_PER_TOKEN);
    }
}
