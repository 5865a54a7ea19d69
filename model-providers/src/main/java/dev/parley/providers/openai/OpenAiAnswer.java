package dev.parley.providers.openai;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.Pieces;
import dev.parley.providers.ProviderException;
import dev.parley.providers.Usage;
import dev.parley.providers.http.Failures;
import dev.parley.providers.http.Interpreter;
import dev.parley.providers.http.Json;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the chunks of a chat completion, or a whole one, which has the same fields in {@code message} instead of {@code delta}. */
final class OpenAiAnswer implements Interpreter {

    private final Consumer<ModelPiece> sink;
    private final Failures failures;
    private @Nullable String finishReason;
    private @Nullable Usage usage;

    OpenAiAnswer(Consumer<ModelPiece> sink, Failures failures) {
        this.sink = sink;
        this.failures = failures;
    }

    @Override
    public boolean takeChunk(JsonNode chunk) throws ProviderException {
        take(chunk, "delta", List::of);
        return true;
    }

    @Override
    public void takeWhole(JsonNode answer) throws ProviderException {
        take(answer, "message", Pieces::of);
        boolean hasMessage = firstChoice(answer).path("message").isObject();
        finishReason = finishReason == null && hasMessage ? "stop" : finishReason;
    }

    @Override
    public void takeEndMark() {
        finishReason = finishReason == null ? "stop" : finishReason;
    }

    @Override
    public Optional<ModelPiece.Finished> end() {
        return Optional.ofNullable(finishReason).map(reason -> new ModelPiece.Finished(reason, usage));
    }

    private void take(JsonNode chunk, String message, Function<String, List<String>> cut) throws ProviderException {
        throwErrorOf(chunk);
        takeUsage(
                chunk.hasNonNull("usage")
                        ? chunk.path("usage")
                        : chunk.path("x_groq").path("usage"));
        JsonNode choice = firstChoice(chunk);
        takeMessage(choice.path(message), cut);
        takeFinishReason(Json.text(choice, "finish_reason"));
    }

    /** The error can be in the chunk, be the chunk itself, or be in Groq's extension of it. */
    private void throwErrorOf(JsonNode chunk) throws ProviderException {
        if (chunk.hasNonNull("error")) {
            throw failures.failed(chunk.path("error"));
        }
        if (Json.text(chunk, "object").equals("error")) {
            throw failures.failed(chunk);
        }
        if (chunk.path("x_groq").hasNonNull("error")) {
            throw failures.failed(chunk.path("x_groq").path("error"));
        }
    }

    /** Only the first of several choices is used. */
    private static JsonNode firstChoice(JsonNode chunk) {
        for (JsonNode choice : chunk.path("choices")) {
            if (choice.path("index").asInt(0) == 0) {
                return choice;
            }
        }
        return chunk.path("choices").path(-1);
    }

    private void takeMessage(JsonNode message, Function<String, List<String>> cut) {
        String thinking = Json.text(message, "reasoning_content");
        think(thinking.isEmpty() ? Json.text(message, "reasoning") : thinking, cut);
        JsonNode content = message.path("content");
        for (JsonNode part : content.isArray() ? content : List.<JsonNode>of()) {
            takePart(part, cut);
        }
        say(content.asString(""), cut);
        say(Json.text(message, "refusal"), cut);
    }

    /** Some servers send the content as a list of parts. */
    private void takePart(JsonNode part, Function<String, List<String>> cut) {
        part.path("thinking").forEach(thought -> think(Json.text(thought, "text"), cut));
        say(Json.text(part, "text"), cut);
    }

    private void think(String text, Function<String, List<String>> cut) {
        cut.apply(text).forEach(piece -> sink.accept(new ModelPiece.Thinking(piece)));
    }

    private void say(String text, Function<String, List<String>> cut) {
        cut.apply(text).forEach(piece -> sink.accept(new ModelPiece.Content(piece)));
    }

    private void takeFinishReason(String reason) throws ProviderException {
        if (reason.equals("content_filter")) {
            throw failures.contentFiltered();
        }
        if (!reason.isEmpty()) {
            finishReason = reason;
        }
    }

    private void takeUsage(JsonNode counts) {
        if (counts.isObject()) {
            usage = Usage.reported(
                    Json.count(counts, "prompt_tokens"),
                    Json.count(counts, "completion_tokens"),
                    Json.count(counts.path("completion_tokens_details"), "reasoning_tokens"));
        }
    }
}
