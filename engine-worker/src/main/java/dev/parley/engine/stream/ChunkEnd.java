package dev.parley.engine.stream;

import java.text.BreakIterator;
import java.util.Locale;

/**
 * Finds where the text of one event ends: within {@link Limits}, never inside a surrogate pair, and not inside what a reader sees as one
 * character (a grapheme cluster), unless that is longer than any in real text.
 */
final class ChunkEnd {

    /** Longest grapheme cluster that is kept whole; a family of emoji with skin tones has about 20 units. */
    private static final int MAX_CLUSTER_CHARS = 64;

    /** How far back a certain start of a cluster is searched for: a row of flags has none inside. */
    private static final int LOOK_BACK_CHARS = 512;

    /** Characters below this one do not join with the one before, except for a line feed after a carriage return. */
    private static final char FIRST_COMBINING = '\u0300';

    private ChunkEnd() {}

    /** How many characters of the text the next event takes; 0 only for an empty text. */
    static int of(String text, Limits limits) {
        int end = within(text, limits);
        return end == text.length() || isBoundary(text, end) ? end : boundaryBefore(text, end);
    }

    /** As many characters as fit into both limits, without half of a surrogate pair. */
    private static int within(String text, Limits limits) {
        int most = Math.min(text.length(), limits.chunkChars());
        int bytes = 0;
        int at = 0;
        while (at < most) {
            boolean pair = isPair(text, at);
            bytes += pair ? 4 : jsonBytes(text.charAt(at));
            int next = pair ? at + 2 : at + 1;
            if (bytes > limits.chunkBytes() || next > most) {
                break;
            }
            at = next;
        }
        return at;
    }

    private static boolean isPair(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                && at + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(at + 1));
    }

    /** The bytes of a character in a record: UTF-8 with JSON escapes. A lone surrogate is written as U+FFFD. */
    private static int jsonBytes(char c) {
        if (c < 0x20) {
            return "\b\t\n\f\r".indexOf(c) >= 0 ? 2 : 6;
        }
        if (c < 0x80) {
            return c == '"' || c == '\\' ? 2 : 1;
        }
        return c < 0x800 ? 2 : 3;
    }

    private static boolean isBoundary(String text, int at) {
        return text.charAt(at) < FIRST_COMBINING && !(text.charAt(at) == '\n' && text.charAt(at - 1) == '\r');
    }

    private static int boundaryBefore(String text, int end) {
        int from = Math.max(0, end - LOOK_BACK_CHARS);
        int start = end - 1;
        while (start > from && !isBoundary(text, start)) {
            start--;
        }
        BreakIterator clusters = BreakIterator.getCharacterInstance(Locale.ROOT);
        clusters.setText(text.substring(start, Math.min(text.length(), end + MAX_CLUSTER_CHARS)));
        int cut = end - start;
        int before = clusters.isBoundary(cut) ? cut : clusters.preceding(cut);
        return start + before <= 0 || cut - before > MAX_CLUSTER_CHARS ? end : start + before;
    }
}
