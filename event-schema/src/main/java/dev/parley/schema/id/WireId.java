package dev.parley.schema.id;

/**
 * The form of an id that clients choose: 1 to 128 characters of {@code A-Za-z0-9._:-}, case-sensitive, without {@code ..}.
 * An id can therefore be used in a path, a record key or a document id without escaping.
 */
public final class WireId {

    public static final int MAX_CHARS = 128;

    private WireId() {}

    /** @throws IllegalArgumentException if the text is not a valid id; the message does not repeat the text */
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
        for (int i = 0; i < text.length(); i++) { // a plain loop: three ids are checked for each record that is read
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
