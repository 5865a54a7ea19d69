package dev.parley.providers.gemini;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.Pieces;
import dev.parley.providers.ProviderException;
import dev.parley.providers.Usage;
import dev.parley.providers.http.Failures;
import dev.parley.providers.http.Interpreter;
import dev.parley.providers.http.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the chunks of a response. Without server-sent events they come as an array, and a response that is not streamed is one chunk.
 * Only a finish reason marks the end, and a later chunk may have another one, so the body is read to its end.
 */
final class GeminiAnswer implements Interpreter {

    private static final Set<String> REFUSALS =
            Set.of("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY");

    private final Consumer<ModelPiece> sink;
    private final Failures failures;
    private @Nullable String finishReason;
    private @Nullable Usage usage;

    GeminiAnswer(Consumer<ModelPiece> sink, Failures failures) {
        this.sink = sink;
        this.failures = failures;
    }

    @Override
    public boolean takeChunk(JsonNode chunk) throws ProviderException {
        take(chunk, List::of);
        return true;
    }

    @Override
    public void takeWhole(JsonNode answer) throws ProviderException {
        for (JsonNode chunk : answer.isArray() ? answer : List.of(answer)) {
            take(chunk, Pieces::of);
        }
    }

    @Override
    public boolean endIsLast() {
        return false;
    }

    @Override
    public Optional<ModelPiece.Finished> end() {
        return Optional.ofNullable(finishReason).map(reason -> new ModelPiece.Finished(reason, usage));
    }

    private void take(JsonNode chunk, Function<String, List<String>> cut) throws ProviderException {
        if (chunk.hasNonNull("error")) {
            throw failures.failed(chunk.path("error"));
        }
        if (chunk.path("promptFeedback").hasNonNull("blockReason")) {
            throw failures.contentFiltered();
        }
        takeUsage(chunk.path("usageMetadata"));
        JsonNode candidate = chunk.path("candidates").path(0);
        for (JsonNode part : candidate.path("content").path("parts")) {
            boolean isThought = part.path("thought").asBoolean(false);
            cut.apply(Json.text(part, "text"))
                    .forEach(text ->
                            sink.accept(isThought ? new ModelPiece.Thinking(text) : new ModelPiece.Content(text)));
        }
        takeFinishReason(Json.text(candidate, "finishReason"));
    }

    private void takeUsage(JsonNode counts) {
        if (counts.isObject()) {
            long thoughts = Json.count(counts, "thoughtsTokenCount");
            usage = Usage.reported(
                    Json.count(counts, "promptTokenCount"),
                    Json.sum(Json.count(counts, "candidatesTokenCount"), thoughts),
                    thoughts);
        }
    }

    private void takeFinishReason(String reason) throws ProviderException {
        if (REFUSALS.contains(reason)) {
            throw failures.contentFiltered();
        }
        if (!reason.isEmpty()) {
            finishReason = switch (reason) {
                case "STOP" -> "stop";
                case "MAX_TOKENS" -> "length";
                default -> reason.toLowerCase(Locale.ROOT);
            };
        }
    }
}
