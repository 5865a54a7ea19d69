package dev.parley.engine.stream;

import org.jspecify.annotations.Nullable;

/**
 * Where a Markdown text stands with regard to fenced code. What it says depends on the text alone and never on how the text was
 * cut into pieces. A line is held back only while it may still turn out to open a block.
 */
sealed interface Fence {
    /** At the start of a text. */
    Fence START = new Outside(false);

    /** Longest head of a line that is looked at; so no more than this is ever held back. */
    int MAX_HEAD_CHARS = 128;

    int MIN_WIDTH = 3;

    /**
     * The longest piece from the start of the text that lies in one block, or outside of any.
     *
     * @param ended whether the text is known to end here, so that nothing need be held back
     */
    Segment next(String text, boolean ended);

    /**
     * @param end how many characters it has; 0 if nothing can be said yet
     * @param code whether it lies in a block, fence lines included
     * @param language what the block's fence names, if the segment begins with that fence
     */
    record Segment(int end, boolean code, @Nullable String language, Fence after) {}

    /** @param midLine whether the line so far is known to be no fence */
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
     * @param closing the line so far, while it may still close the block; null when it cannot
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

        /** The line if it is blanks, markers and blanks, as a closing fence is. */
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
