package dev.parley.store.turn;

import java.util.List;

/**
 * The text of an answer so far. Adding a chunk copies the chunk and less than {@link #PIECE_CHARS} characters; joining all copies the text.
 * Short chunks are kept joined, because as objects of their own they would take ten times as much memory as their text.
 *
 * @param pieces the text before {@code last}
 * @param last the end of the text, to which short chunks are joined
 * @param length of the text, in UTF-16 units
 * @param held how much of it is in memory; less than the length if there was no room, and then the text is taken from the terminal event
 */
public record AnswerText(Chain<String> pieces, String last, int length, int held) {

    public static final AnswerText EMPTY = new AnswerText(Chain.empty(), "", 0, 0);

    private static final int PIECE_CHARS = 1024;

    public static AnswerText of(String text) {
        return EMPTY.plus(text);
    }

    /** With a chunk that is held, if all chunks before it were. */
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

    /** With a chunk that is counted and not held. */
    public AnswerText plusUnheld(String chunk) {
        return chunk.isEmpty() ? this : new AnswerText(pieces, last, length + chunk.length(), held);
    }

    public boolean isComplete() {
        return held == length;
    }

    /** What is held: all of the text, or its beginning. */
    public String joined() {
        List<String> all = pieces.toList();
        StringBuilder text = new StringBuilder(held);
        all.forEach(text::append);
        return text.append(last).toString();
    }
}
