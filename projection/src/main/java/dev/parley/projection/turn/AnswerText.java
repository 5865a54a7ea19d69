package dev.parley.projection.turn;

import java.util.List;

/** The chunks of an answer so far. Adding one costs the chunk, joining them costs the text. */
public record AnswerText(Chain<String> chunks, int length) {

    public static final AnswerText EMPTY = new AnswerText(Chain.empty(), 0);

    public static AnswerText of(String text) {
        return EMPTY.plus(text);
    }

    public AnswerText plus(String chunk) {
        return chunk.isEmpty() ? this : new AnswerText(chunks.plus(chunk), length + chunk.length());
    }

    public String joined() {
        List<String> all = chunks.toList();
        StringBuilder text = new StringBuilder(length);
        all.forEach(text::append);
        return text.toString();
    }
}
