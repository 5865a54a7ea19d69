package dev.parley.projection.turn;

import java.util.List;

/**
 * The chunks of an answer so far. Adding one costs the chunk, joining them costs the text.
 *
 * @param length of the text
 * @param held of it; less than the length if there was no room for some, and then the text comes with the terminal event
 */
public record AnswerText(Chain<String> chunks, int length, int held) {

    public static final AnswerText EMPTY = new AnswerText(Chain.empty(), 0, 0);

    public static AnswerText of(String text) {
        return EMPTY.plus(text);
    }

    /** With a chunk that is kept, as long as all before it were. */
    public AnswerText plus(String chunk) {
        if (chunk.isEmpty()) {
            return this;
        }
        return isComplete()
                ? new AnswerText(chunks.plus(chunk), length + chunk.length(), held + chunk.length())
                : plusUnheld(chunk);
    }

    /** With a chunk that is counted and not kept. */
    public AnswerText plusUnheld(String chunk) {
        return chunk.isEmpty() ? this : new AnswerText(chunks, length + chunk.length(), held);
    }

    public boolean isComplete() {
        return held == length;
    }

    /** What is held of it: all, or its beginning. */
    public String joined() {
        List<String> all = chunks.toList();
        StringBuilder text = new StringBuilder(held);
        all.forEach(text::append);
        return text.toString();
    }
}
