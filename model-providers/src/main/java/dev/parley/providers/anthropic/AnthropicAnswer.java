package dev.parley.providers.anthropic;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.Pieces;
import dev.parley.providers.ProviderException;
import dev.parley.providers.Usage;
import dev.parley.providers.http.Failures;
import dev.parley.providers.http.Interpreter;
import dev.parley.providers.http.Json;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the events of a message, or a whole message. Unknown types are ignored, as the service asks its clients to do. */
final class AnthropicAnswer implements Interpreter {

    private final Consumer<ModelPiece> sink;
    private final Failures failures;
    private @Nullable String stopReason;
    private @Nullable Long promptTokens;
    private @Nullable Long completionTokens;

    AnthropicAnswer(Consumer<ModelPiece> sink, Failures failures) {
        this.sink = sink;
        this.failures = failures;
    }

    @Override
    public boolean takeChunk(JsonNode event) throws ProviderException {
        switch (Json.text(event, "type")) {
            case "message_start" -> takeUsage(event.path("message").path("usage"));
            case "content_block_start" -> takeBlock(event.path("content_block"));
            case "content_block_delta" -> takeBlock(event.path("delta"));
            case "message_delta" -> {
                takeUsage(event.path("usage"));
                takeStopReason(Json.text(event.path("delta"), "stop_reason"));
            }
            case "message_stop" -> {
                return false;
            }
            case "error" -> throw failures.failed(event.path("error"));
            default -> {} // ping, content_block_stop, and types to come
        }
        return true;
    }

    @Override
    public void takeWhole(JsonNode message) throws ProviderException {
        if (message.hasNonNull("error")) {
            throw failures.failed(message.path("error"));
        }
        takeUsage(message.path("usage"));
        for (JsonNode block : message.path("content")) {
            Pieces.of(Json.text(block, "thinking")).forEach(piece -> sink.accept(new ModelPiece.Thinking(piece)));
            Pieces.of(Json.text(block, "text")).forEach(piece -> sink.accept(new ModelPiece.Content(piece)));
        }
        takeStopReason(Json.text(message, "stop_reason"));
    }

    @Override
    public Optional<ModelPiece.Finished> end() {
        return Optional.ofNullable(stopReason).map(reason -> new ModelPiece.Finished(reason, usage()));
    }

    /** Not every service with this API counts tokens. */
    private @Nullable Usage usage() {
        return promptTokens == null || completionTokens == null
                ? null
                : Usage.reported(promptTokens, completionTokens, 0);
    }

    /** The start of a block and its deltas have their text in the same fields. */
    private void takeBlock(JsonNode block) {
        sink.accept(new ModelPiece.Thinking(Json.text(block, "thinking")));
        sink.accept(new ModelPiece.Content(Json.text(block, "text")));
    }

    /** Later counts replace earlier ones. Cached tokens are part of the prompt. */
    private void takeUsage(JsonNode usage) {
        if (usage.hasNonNull("input_tokens")) {
            promptTokens = Json.sum(
                    Json.count(usage, "input_tokens"),
                    Json.count(usage, "cache_creation_input_tokens"),
                    Json.count(usage, "cache_read_input_tokens"));
        }
        if (usage.hasNonNull("output_tokens")) {
            completionTokens = Json.count(usage, "output_tokens");
        }
    }

    private void takeStopReason(String reason) throws ProviderException {
        if (reason.equals("refusal")) {
            throw failures.contentFiltered();
        }
        if (!reason.isEmpty()) {
            stopReason = switch (reason) {
                case "end_turn", "stop_sequence" -> "stop";
                case "max_tokens", "model_context_window_exceeded" -> "length";
                default -> reason;
            };
        }
    }
}
