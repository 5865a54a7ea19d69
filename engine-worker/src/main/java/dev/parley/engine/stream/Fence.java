package dev.parley.engine.stream;

import org.jspecify.annotations.Nullable;

/**
 * Whether a Markdown text is inside fenced code. The result depends on the text alone and not on how it was cut into pieces. A line is held
 * back only while it may still open a block.
 */
sealed interface Fence {
    /** At the start of a text. */
    Fence START = new Outside(false);

    /** How much of a line is inspected; no more than this is held back. */
    int MAX_HEAD_CHARS = 128;

    int MIN_WIDTH = 3;

    /**
     * The longest piece from the start of the text that lies in one block, or outside of all blocks.
     *
     * @param ended whether the text ends here, so that nothing is held back
     */
    Segment next(String text, boolean ended);

    /**
     * @param end how many characters it has; 0 if that cannot be decided yet
     * @param code whether it lies in a block, fence lines included
     * @param language the one that the block's fence names, if the segment begins with that fence; else null
     */
    record Segment(int end, boolean code, @Nullable String language, Fence after) {}

    /** @param midLine whether the current line is known not to be a fence */
    record Outside(boolean midLine) implements Fence {
        @Override
        public Segment next(String text, boolean ended) {
            boolean inLine = midLine;
            int at = 0;
            while (at < text.length()) {
                if (inLine) {
                    int newline = text.indexOf('\n', at);
                    inLine = newline < 0;
                    at = inLine ? text.length() : newline + 1;
                    continue;
                }
                switch (LineHead.read(text, at, ended)) {
                    case LineHead.Plain _ -> inLine = true;
                    case LineHead.Unknown _ -> {
                        return new Segment(at, false, null, new Outside(false));
                    }
                    case LineHead.Opens opens -> {
                        return at == 0 ? block(text, opens) : new Segment(at, false, null, new Outside(false));
                    }
                }
            }
            return new Segment(at, false, null, new Outside(inLine));
        }

        private static Segment block(String text, LineHead.Opens opens) {
            Inside inside = new Inside(opens.marker(), opens.width(), opens.wholeLine() ? "" : null);
            Segment rest = inside.from(text, opens.end());
            return new Segment(rest.end(), true, opens.language(), rest.after());
        }
    }

    /**
     * @param closing the current line, while it may still close the block; null if it cannot
     */
    record Inside(char marker, int width, @Nullable String closing) implements Fence {
        @Override
        public Segment next(String text, boolean ended) {
            return from(text, 0);
        }

        private Segment from(String text, int start) {
            String line = closing;
            int at = start;
            while (at < text.length()) {
                int newline = text.indexOf('\n', at);
                int end = newline < 0 ? text.length() : newline;
                line = line == null ? null : candidate(line, text, at, end);
                if (newline < 0) {
                    return new Segment(end, true, null, new Inside(marker, width, line));
                }
                at = newline + 1;
                if (line != null && line.strip().length() >= width) {
                    return new Segment(at, true, null, new Outside(false));
                }
                line = "";
            }
            return new Segment(at, true, null, new Inside(marker, width, line));
        }

        /** The line if it may be a closing fence, which is blanks, markers and blanks; else null. */
        private @Nullable String candidate(String head, String text, int from, int to) {
            if (head.length() + to - from > MAX_HEAD_CHARS) {
                return null;
            }
            String line = head + text.substring(from, to);
            String stripped = line.strip();
            return stripped.chars().allMatch(c -> c == marker) ? line : null;
        }
    }
}
