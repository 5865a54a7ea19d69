package dev.parley.schema.id;

/**
 * The text that clients may use as an id: 1 to 128 of {@code A-Za-z0-9._:-}, case-sensitive, without {@code ..} in it.
 * So an id can stand in a path, a record key or a document id as it is.
 */
public final class WireId {

    public static final int MAX_CHARS = 128;

    private WireId() {}

    /** @throws IllegalArgumentException if the text is no id; the message does not repeat the text */
    public static void check(String text) {
        if (!isValid(text)) {
            throw new IllegalArgumentException(
                    "an id has 1 to " + MAX_CHARS + " characters of A-Za-z0-9._:- and no two dots in a row");
        }
    }

    public static boolean isValid(String text) {
        if (text.isEmpty() || text.length() > MAX_CHARS || text.contains("..")) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) { // no stream: each record that is read has three ids
            if (!isAllowed(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == ':'
                || c == '-';
    }
}
