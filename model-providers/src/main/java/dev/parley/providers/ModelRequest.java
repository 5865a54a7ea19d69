package dev.parley.providers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to ask a model.
 *
 * @param messages the conversation, oldest first: at most one system message at the head, the user's message last
 * @param answerSoFar what the model has already said to the last message, empty for a fresh answer: the pieces go on exactly after it
 *     and do not repeat it
 * @param reasoning whether the model's own reasoning is wanted as {@link ModelPiece.Thinking}. A model that reasons unasked may be
 *     heard doing so all the same: it is a sign of life
 * @param maxTokens bound of the answer, or null for the model's own
 * @param traceparent W3C trace context of what asks, if there is one
 */
public record ModelRequest(
        String model,
        List<ModelMessage> messages,
        String answerSoFar,
        boolean reasoning,
        @Nullable Integer maxTokens,
        @Nullable String traceparent) {
    public ModelRequest {
        messages = List.copyOf(messages);
    }

    /** Outside of any trace. */
    public ModelRequest(
            String model,
            List<ModelMessage> messages,
            String answerSoFar,
            boolean reasoning,
            @Nullable Integer maxTokens) {
        this(model, messages, answerSoFar, reasoning, maxTokens, null);
    }

    /** The same request to another model. */
    public ModelRequest to(String otherModel) {
        return new ModelRequest(otherModel, messages, answerSoFar, reasoning, maxTokens, traceparent);
    }

    /** Whether the user gets to see the piece, so that it can never be taken back: not reasoning that nobody asked for. */
    public boolean shows(ModelPiece piece) {
        return switch (piece) {
            case ModelPiece.Content _ -> true;
            case ModelPiece.Thinking _ -> reasoning;
            case ModelPiece.Asked _, ModelPiece.Finished _ -> false;
        };
    }
}
