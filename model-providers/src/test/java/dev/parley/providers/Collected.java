package dev.parley.providers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A sink that keeps the pieces. */
public final class Collected implements Consumer<ModelPiece> {

    private final List<ModelPiece> pieces = new ArrayList<>();

    /** The pieces of a successful answer. */
    public static Collected from(Provider provider, ModelRequest request)
            throws ProviderException, InterruptedException {
        Collected collected = new Collected();
        provider.stream(request, collected);
        return collected;
    }

    @Override
    public void accept(ModelPiece piece) {
        pieces.add(piece);
    }

    public List<ModelPiece> pieces() {
        return pieces;
    }

    /** The texts of the answer's pieces. */
    public List<String> contents() {
        return pieces.stream()
                .filter(ModelPiece.Content.class::isInstance)
                .map(piece -> ((ModelPiece.Content) piece).text())
                .toList();
    }

    public String text() {
        return String.join("", contents());
    }

    public String thinking() {
        return pieces.stream()
                .filter(ModelPiece.Thinking.class::isInstance)
                .map(piece -> ((ModelPiece.Thinking) piece).text())
                .collect(Collectors.joining());
    }
}
