package dev.parley.projection.turn;

import java.util.List;

/**
 * The text of an answer so far. Adding a chunk costs the chunk and less than {@link #PIECE_CHARS}, joining all costs the text. Chunks of a
 * few characters are kept joined: as objects of their own they would be ten times as large as their text.
 *
 * @param pieces of the text before {@code last}
 * @param last the end of the text, to which more is joined
 * @param length of the text
 * @param held of it; less than the length if there was no room for some, and then the text comes with the terminal event
 */
public record AnswerText(Chain<String> pieces, String last, int length, int held) {

    public static final AnswerText EMPTY = new AnswerText(Chain.empty(), "", 0, 0);

    private static final int PIECE_CHARS = 1024;

    public static AnswerText of(String text) {
        return EMPTY.plus(text);
    }

    /** With a chunk that is kept, as long as all before it were. */
    public AnswerText plus(String chunk) {
        if (chunk.isEmpty()) {
            return this;
        }
        if (!isComplete()) {
            return plusUnheld(chunk);
        }
        boolean joins = last.isEmpty() || last.length() + chunk.length() <= PIECE_CHARS;
        return new AnswerText(
                joins ? pieces : pieces.plus(last),
                joins ? last + chunk : chunk,
                length + chunk.length(),
                held + chunk.length());
    }

    /** With a chunk that is counted and not kept. */
    public AnswerText plusUnheld(String chunk) {
        return chunk.isEmpty() ? this : new AnswerText(pieces, last, length + chunk.length(), held);
    }

    public boolean isComplete() {
        return held == length;
    }

    /** What is held of it: all, or its beginning. */
    public String joined() {
        List<String> all = pieces.toList();
        StringBuilder text = new StringBuilder(held);
        all.forEach(text::append);
        return text.append(last).toString();
    }
}
