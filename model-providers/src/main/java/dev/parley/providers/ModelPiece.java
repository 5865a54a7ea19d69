package dev.parley.providers;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a model's answer as it arrives. Its text has any length and can end anywhere, even between the two halves of a surrogate
 * pair.
 */
public sealed interface ModelPiece {
    /** A piece of the model's own reasoning. A blank line ends a step of it; pieces without one belong to the same step. */
    record Thinking(String text) implements ModelPiece {}

    /** A piece of the answer. */
    record Content(String text) implements ModelPiece {}

    /** The model that is asked now and produces the pieces that follow. Comes again if another model is asked instead. */
    record Asked(AskedModel model) implements ModelPiece {}

    /**
     * The end of the answer; nothing follows.
     *
     * @param finishReason {@code stop}, {@code length}, or the service's own word of at most 64 characters; anything else becomes
     *     {@code unknown}
     * @param usage null if the service reported none, or impossible counts
     */
    record Finished(String finishReason, @Nullable Usage usage) implements ModelPiece {

        private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

        public Finished {
            finishReason = WORD.matcher(finishReason).matches() ? finishReason : "unknown";
        }
    }
}
