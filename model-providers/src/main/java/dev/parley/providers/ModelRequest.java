package dev.parley.providers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for an answer.
 *
 * @param messages the conversation, oldest first: at most one system message at the head, the user's message last
 * @param answerSoFar the part of the answer to the last message that already exists, empty for a new answer. The pieces continue
 *     exactly after it and do not repeat it
 * @param reasoning whether the model's own reasoning is wanted as {@link ModelPiece.Thinking}. Pieces of reasoning may come even if it
 *     is not: they show that the model works
 * @param maxTokens limit of the answer, or null for the model's own
 * @param traceparent W3C trace context of the caller, or null
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

    /** A request outside of any trace. */
    public ModelRequest(
            String model,
            List<ModelMessage> messages,
            String answerSoFar,
            boolean reasoning,
            @Nullable Integer maxTokens) {
        this(model, messages, answerSoFar, reasoning, maxTokens, null);
    }

    /** The same request for another model. */
    public ModelRequest to(String otherModel) {
        return new ModelRequest(otherModel, messages, answerSoFar, reasoning, maxTokens, traceparent);
    }

    /** Whether the user sees the piece, so that it cannot be taken back. Reasoning that was not asked for is not shown. */
    public boolean shows(ModelPiece piece) {
        return switch (piece) {
            case ModelPiece.Content _ -> true;
            case ModelPiece.Thinking _ -> reasoning;
            case ModelPiece.Asked _, ModelPiece.Finished _ -> false;
        };
    }
}
