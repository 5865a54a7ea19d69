package dev.parley.gateway.websocket;

/**
 * Cuts a long text that is sent in pieces, so that a reader who takes none holds up one piece of it and not a copy of all, and so that it is
 * seen how much of a long text a slow reader has taken.
 */
final class Utf8Fragments {

    /** Most bytes of a piece: nearly all frames are one. */
    static final int MAX_BYTES = 4 << 10;

    private Utf8Fragments() {}

    /**
     * Where the piece ends that begins at {@code from}: as long as can be without cutting a character.
     *
     * @param utf8 well-formed
     * @param from the beginning of a character
     */
    static int end(byte[] utf8, int from) {
        if (utf8.length - from <= MAX_BYTES) {
            return utf8.length;
        }
        int end = from + MAX_BYTES;
        while (isInsideCharacter(utf8[end])) {
            end--;
        }
        return end;
    }

    private static boolean isInsideCharacter(byte b) {
        return (b & 0xc0) == 0x80;
    }
}
