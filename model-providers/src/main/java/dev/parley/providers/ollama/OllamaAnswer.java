package dev.parley.providers.ollama;

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

/** Reads the lines of a chat. The line with {@code done} is the last. */
final class OllamaAnswer implements Interpreter {

    private final Consumer<ModelPiece> sink;
    private final Failures failures;
    private ModelPiece.@Nullable Finished end;

    OllamaAnswer(Consumer<ModelPiece> sink, Failures failures) {
        this.sink = sink;
        this.failures = failures;
    }

    @Override
    public boolean takeChunk(JsonNode line) throws ProviderException {
        boolean done = line.path("done").asBoolean(false);
        take(line, done ? Pieces::of : List::of); // the last line has the whole answer if it is not streamed
        return !done;
    }

    @Override
    public void takeWhole(JsonNode line) throws ProviderException {
        take(line, Pieces::of);
    }

    private void take(JsonNode line, Function<String, List<String>> cut) throws ProviderException {
        if (line.hasNonNull("error")) {
            throw failures.failed(line.path("error"));
        }
        JsonNode message = line.path("message");
        cut.apply(Json.text(message, "thinking")).forEach(piece -> sink.accept(new ModelPiece.Thinking(piece)));
        cut.apply(Json.text(message, "content")).forEach(piece -> sink.accept(new ModelPiece.Content(piece)));
        if (line.path("done").asBoolean(false)) {
            end = finished(line);
        }
    }

    @Override
    public Optional<ModelPiece.Finished> end() {
        return Optional.ofNullable(end);
    }

    private static ModelPiece.Finished finished(JsonNode line) {
        String reason = Json.text(line, "done_reason");
        long completion = Json.count(line, "eval_count");
        Usage usage = completion == 0 ? null : Usage.reported(Json.count(line, "prompt_eval_count"), completion, 0);
        return new ModelPiece.Finished(reason.isEmpty() ? "stop" : reason, usage);
    }
}
