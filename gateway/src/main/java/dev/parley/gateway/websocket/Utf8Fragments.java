package dev.parley.gateway.websocket;

/**
 * Splits a long text into WebSocket fragments. A stalled reader then blocks one fragment instead of a copy of the whole text, and a slow reader's
 * progress within a long text can be measured.
 */
final class Utf8Fragments {

    /** Longest fragment; nearly all frames fit into one. */
    static final int MAX_BYTES = 4 << 10;

    private Utf8Fragments() {}

    /**
     * The end of the longest fragment that begins at {@code from} and does not split a character.
     *
     * @param utf8 well-formed UTF-8
     * @param from the first byte of a character
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
