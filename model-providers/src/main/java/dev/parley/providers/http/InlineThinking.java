package dev.parley.providers.http;

import dev.parley.providers.ModelPiece;
import java.util.function.Consumer;

/**
 * Tells reasoning from the answer where a server does not: models that reason begin with {@code <think>} and end that with
 * {@code </think>}, and the white space after the latter is no part of the answer. Anywhere but at the beginning the marks are text like any
 * other. A piece is held back only as long as it may be the beginning of a mark.
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
            hear(held + content.text());
        } else {
            sink.accept(piece);
        }
    }

    /** Passes on what is held back, as nothing follows it. */
    public void end() {
        String rest = held;
        held = "";
        if (!rest.isEmpty() && place != Place.AFTER_THINKING) {
            sink.accept(place == Place.THINKING ? new ModelPiece.Thinking(rest) : new ModelPiece.Content(rest));
        }
    }

    private void hear(String text) {
        held = "";
        switch (place) {
            case BEGINNING -> hearBeginning(text);
            case THINKING -> hearThinking(text);
            case AFTER_THINKING -> hearAfterThinking(text);
            case ANSWER -> sink.accept(new ModelPiece.Content(text));
        }
    }

    private void hearBeginning(String text) {
        String start = text.stripLeading();
        if (start.startsWith(OPEN)) {
            place = Place.THINKING;
            hearThinking(start.substring(OPEN.length()));
        } else if (OPEN.startsWith(start)) {
            held = text;
        } else {
            place = Place.ANSWER;
            sink.accept(new ModelPiece.Content(text));
        }
    }

    private void hearThinking(String text) {
        int close = text.indexOf(CLOSE);
        if (close >= 0) {
            place = Place.AFTER_THINKING;
            sink.accept(new ModelPiece.Thinking(text.substring(0, close)));
            hearAfterThinking(text.substring(close + CLOSE.length()));
            return;
        }
        int safe = Math.max(0, text.length() - CLOSE.length() + 1);
        while (!CLOSE.startsWith(text.substring(safe))) {
            safe++;
        }
        sink.accept(new ModelPiece.Thinking(text.substring(0, safe)));
        held = text.substring(safe);
    }

    private void hearAfterThinking(String text) {
        String start = text.stripLeading();
        if (!start.isEmpty()) {
            place = Place.ANSWER;
            sink.accept(new ModelPiece.Content(start));
        }
    }
}
