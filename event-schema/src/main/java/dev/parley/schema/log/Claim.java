package dev.parley.schema.log;

/**
 * Identifies one writer of a stream, in the header {@code ce_claim} of each of its records: {@code <attempt>.<token>}.
 *
 * @param attempt 1 for the writer that starts the stream, one more for each takeover
 * @param token random text that distinguishes claims of the same attempt
 */
public record Claim(int attempt, String token) {

    public static final int MAX_TOKEN_CHARS = 32;

    /** @throws IllegalArgumentException if the attempt is below 1 or the token is not 1 to 32 of {@code A-Za-z0-9_-} */
    public Claim {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempts count from 1");
        }
        if (token.isEmpty() || token.length() > MAX_TOKEN_CHARS || !isToken(token)) {
            throw new IllegalArgumentException("a claim token is 1 to " + MAX_TOKEN_CHARS + " of A-Za-z0-9_-");
        }
    }

    /**
     * Parses the text of the header.
     *
     * @throws IllegalArgumentException if it is not {@code <attempt>.<token>}
     */
    public static Claim parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 1) {
            throw new IllegalArgumentException("a claim is <attempt>.<token>");
        }
        return new Claim(Integer.parseInt(text, 0, dot, 10), text.substring(dot + 1));
    }

    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenChar(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTokenChar(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }

    @Override
    public String toString() {
        return attempt + "." + token;
    }
}
