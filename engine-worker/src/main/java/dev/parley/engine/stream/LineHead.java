package dev.parley.engine.stream;

import org.jspecify.annotations.Nullable;

/** What the start of a line outside of code is. */
sealed interface LineHead {
    /** No fence. */
    record Plain() implements LineHead {}

    /** More of the line is needed. */
    record Unknown() implements LineHead {}

    /** An opening fence. @param end where in the text the fence line ends, or what was inspected of it */
    record Opens(char marker, int width, @Nullable String language, int end, boolean wholeLine) implements LineHead {}

    LineHead PLAIN = new Plain();
    LineHead UNKNOWN = new Unknown();

    /** Inspects the line that begins at {@code start}: a fence is blanks, three or more markers, and a word or nothing. */
    static LineHead read(String text, int start, boolean ended) {
        int limit = start + Fence.MAX_HEAD_CHARS;
        int stop = Math.min(text.length(), limit);
        int markers = start;
        while (markers < stop && (text.charAt(markers) == ' ' || text.charAt(markers) == '\t')) {
            markers++;
        }
        if (markers == stop) {
            return stop == limit || ended ? PLAIN : UNKNOWN;
        }
        char marker = text.charAt(markers);
        if (marker != '`' && marker != '~') {
            return PLAIN;
        }
        int info = markers;
        while (info < stop && text.charAt(info) == marker) {
            info++;
        }
        int width = info - markers;
        if (info < stop && width < Fence.MIN_WIDTH) {
            return PLAIN;
        }
        int newline = text.indexOf('\n', info);
        boolean wholeLine = newline >= 0 && newline < stop;
        int end = wholeLine ? newline : stop;
        if (marker == '`' && text.substring(info, end).indexOf('`') >= 0) {
            return PLAIN;
        }
        if (!wholeLine && stop < limit && !ended) {
            return UNKNOWN;
        }
        return width < Fence.MIN_WIDTH
                ? PLAIN
                : new Opens(marker, width, language(text.substring(info, end)), wholeLine ? end + 1 : end, wholeLine);
    }

    private static @Nullable String language(String info) {
        String word = info.strip().split("\\s", 2)[0];
        return word.isEmpty() ? null : word;
    }
}
