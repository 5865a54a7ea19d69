package dev.parley.providers;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a model says, as it comes: of any length, cut anywhere, even between the two halves of a surrogate pair. */
public sealed interface ModelPiece {
    /** A piece of the model's own reasoning. A blank line ends a step of it; pieces without one belong to the same step. */
    record Thinking(String text) implements ModelPiece {}

    /** A piece of the answer. */
    record Content(String text) implements ModelPiece {}

    /** Who is asked, and says what follows. The last one before a word is who said it. */
    record Asked(AskedModel model) implements ModelPiece {}

    /**
     * The model is done; nothing follows.
     *
     * @param finishReason {@code stop}, {@code length}, or as the service says: a word of at most 64 characters; anything else becomes
     *     {@code unknown}
     * @param usage null if the service gave none that can be true
     */
    record Finished(String finishReason, @Nullable Usage usage) implements ModelPiece {

        private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

        public Finished {
            finishReason = WORD.matcher(finishReason).matches() ? finishReason : "unknown";
        }
    }
}
