package dev.parley.engine.provider.openai;

import dev.parley.engine.provider.ModelPiece;
import dev.parley.engine.provider.Pieces;
import dev.parley.engine.provider.ProviderException;
import dev.parley.engine.provider.Usage;
import dev.parley.engine.provider.http.Failures;
import dev.parley.engine.provider.http.Json;
import dev.parley.engine.provider.wire.SseEvent;
import dev.parley.engine.provider.wire.SseReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads one answer: events of chunks up to {@code [DONE]}, or one JSON object where the server does not stream. */
final class OpenAiAnswer {

    private static final int MAX_BYTES = 16 * 1024 * 1024;
    private static final String DONE = "[DONE]";

    private final Consumer<ModelPiece> sink;
    private final Failures failures;
    private @Nullable String finishReason;
    private @Nullable Usage usage;

    OpenAiAnswer(Consumer<ModelPiece> sink, Failures failures) {
        this.sink = sink;
        this.failures = failures;
    }

    ModelPiece.Finished read(InputStream body) throws IOException, ProviderException {
        PushbackInputStream peekable = new PushbackInputStream(body);
        if (startsWithBrace(peekable)) {
            whole(peekable);
        } else {
            streamed(new SseReader(peekable, MAX_BYTES, MAX_BYTES));
        }
        if (finishReason == null) {
            throw failures.endedEarly();
        }
        if (finishReason.equals("content_filter")) {
            throw failures.contentFiltered();
        }
        return new ModelPiece.Finished(finishReason, usage);
    }

    private static boolean startsWithBrace(PushbackInputStream body) throws IOException {
        int first = body.read();
        while (first >= 0 && Character.isWhitespace(first)) {
            first = body.read();
        }
        if (first >= 0) {
            body.unread(first);
        }
        return first == '{';
    }

    private void whole(InputStream body) throws IOException, ProviderException {
        byte[] bytes = body.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw failures.badResponse("sent more than can be read");
        }
        JsonNode answer = Json.readOrMissing(bytes);
        JsonNode choice = firstChoice(answer);
        takeUsage(answer);
        if (answer.hasNonNull("error") || choice.isMissingNode()) {
            throw answer.hasNonNull("error")
                    ? failures.failed(answer.path("error"))
                    : failures.badResponse("sent no answer");
        }
        message(choice.path("message"), true);
        finishReason = choice.path("finish_reason").asString("stop");
    }

    private void streamed(SseReader events) throws IOException, ProviderException {
        try {
            for (Optional<SseEvent> event = events.next(); event.isPresent(); event = events.next()) {
                String data = event.get().data();
                if (data.equals(DONE)) {
                    finishReason = finishReason == null ? "stop" : finishReason;
                    return;
                }
                chunk(Json.read(data, failures));
            }
        } catch (IOException e) {
            boolean complete = finishReason != null && !Thread.currentThread().isInterrupted();
            if (!complete) {
                throw e;
            }
        }
    }

    private void chunk(JsonNode chunk) throws ProviderException {
        JsonNode error = chunk.hasNonNull("error")
                ? chunk.path("error")
                : chunk.path("x_groq").path("error");
        if (!error.isMissingNode() && !error.isNull()) {
            throw failures.failed(error);
        }
        takeUsage(chunk);
        JsonNode choice = firstChoice(chunk);
        message(choice.path("delta"), false);
        if (choice.path("finish_reason").isString()) {
            finishReason = choice.path("finish_reason").stringValue();
        }
    }

    /** Of several answers side by side only the first is ours. */
    private static JsonNode firstChoice(JsonNode chunk) {
        for (JsonNode choice : chunk.path("choices")) {
            if (choice.path("index").asInt(0) == 0) {
                return choice;
            }
        }
        return chunk.path("choices").path(-1);
    }

    /** A delta, or a whole message: both have the same fields. */
    private void message(JsonNode message, boolean whole) {
        String thinking = Json.text(message, "reasoning_content");
        say(thinking.isEmpty() ? Json.text(message, "reasoning") : thinking, whole, ModelPiece.Thinking::new);
        say(Json.text(message, "content"), whole, ModelPiece.Content::new);
        say(Json.text(message, "refusal"), whole, ModelPiece.Content::new);
    }

    private void say(String text, boolean whole, Function<String, ModelPiece> piece) {
        if (whole) {
            Pieces.of(text).forEach(part -> sink.accept(piece.apply(part)));
        } else {
            sink.accept(piece.apply(text));
        }
    }

    private void takeUsage(JsonNode chunk) {
        JsonNode counts = chunk.hasNonNull("usage")
                ? chunk.path("usage")
                : chunk.path("x_groq").path("usage");
        if (counts.isObject()) {
            usage = new Usage(
                    counts.path("prompt_tokens").asInt(0),
                    counts.path("completion_tokens").asInt(0),
                    counts.path("completion_tokens_details")
                            .path("reasoning_tokens")
                            .asInt(0));
        }
    }
}
