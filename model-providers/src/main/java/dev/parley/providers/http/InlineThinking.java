package dev.parley.providers.http;

import dev.parley.providers.ModelPiece;
import java.util.function.Consumer;

/**
 * Separates reasoning from the answer if the server does not. Reasoning is between {@code <think>} at the beginning and
 * {@code </think>}; the white space after it is not part of the answer. Anywhere else these tags are ordinary text. A piece is held back
 * only while it may be the beginning of a tag.
 */
public final class InlineThinking implements Consumer<ModelPiece> {

    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    private enum Place {
        BEGINNING,
        THINKING,
        AFTER_THINKING,
        ANSWER
    }

    private final Consumer<ModelPiece> sink;
    private Place place = Place.BEGINNING;
    private String held = "";

    public InlineThinking(Consumer<ModelPiece> sink) {
        this.sink = sink;
    }

    @Override
    public void accept(ModelPiece piece) {
        if (piece instanceof ModelPiece.Content content) {
            read(held + content.text());
        } else {
            sink.accept(piece);
        }
    }

    /** Passes on what is held back. To be called at the end of the answer. */
    public void end() {
        String rest = held;
        held = "";
        if (!rest.isEmpty() && place != Place.AFTER_THINKING) {
            sink.accept(place == Place.THINKING ? new ModelPiece.Thinking(rest) : new ModelPiece.Content(rest));
        }
    }

    private void read(String text) {
        held = "";
        switch (place) {
            case BEGINNING -> readBeginning(text);
            case THINKING -> readThinking(text);
            case AFTER_THINKING -> readAfterThinking(text);
            case ANSWER -> sink.accept(new ModelPiece.Content(text));
        }
    }

    private void readBeginning(String text) {
        String start = text.stripLeading();
        if (start.startsWith(OPEN)) {
            place = Place.THINKING;
            readThinking(start.substring(OPEN.length()));
        } else if (OPEN.startsWith(start)) {
            held = text;
        } else {
            place = Place.ANSWER;
            sink.accept(new ModelPiece.Content(text));
        }
    }

    private void readThinking(String text) {
        int close = text.indexOf(CLOSE);
        if (close >= 0) {
            place = Place.AFTER_THINKING;
            sink.accept(new ModelPiece.Thinking(text.substring(0, close)));
            readAfterThinking(text.substring(close + CLOSE.length()));
            return;
        }
        int safe = Math.max(0, text.length() - CLOSE.length() + 1);
        while (!CLOSE.startsWith(text.substring(safe))) {
            safe++;
        }
        sink.accept(new ModelPiece.Thinking(text.substring(0, safe)));
        held = text.substring(safe);
    }

    private void readAfterThinking(String text) {
        String start = text.stripLeading();
        if (!start.isEmpty()) {
            place = Place.ANSWER;
            sink.accept(new ModelPiece.Content(start));
        }
    }
}
