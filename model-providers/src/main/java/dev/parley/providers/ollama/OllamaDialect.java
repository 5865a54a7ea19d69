package dev.parley.providers.ollama;

import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.ProviderException;
import dev.parley.providers.http.AnswerBody;
import dev.parley.providers.http.Call;
import dev.parley.providers.http.Conversation;
import dev.parley.providers.http.Dialect;
import dev.parley.providers.http.Failures;
import dev.parley.providers.http.InlineThinking;
import dev.parley.providers.http.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /api/chat}, streamed as lines of JSON. */
public final class OllamaDialect implements Dialect {

    @Override
    public Call call(ModelRequest request) {
        Conversation conversation = Conversation.endingWithAnswer(request);
        ObjectNode body = Json.object();
        body.put("model", request.model());
        ArrayNode messages = body.putArray("messages");
        if (!conversation.system().isEmpty()) {
            messages.addObject().put("role", "system").put("content", conversation.system());
        }
        for (ModelMessage message : conversation.messages()) {
            messages.addObject()
                    .put("role", message.role().name().toLowerCase(Locale.ROOT))
                    .put("content", message.text());
        }
        body.put("stream", true);
        if (!request.reasoning()) {
            // a model that can reason does so by default; true would be refused by one that cannot
            body.put("think", false);
        }
        if (request.maxTokens() != null) {
            body.putObject("options").put("num_predict", request.maxTokens());
        }
        return new Call("/api/chat", Map.of(), body);
    }

    @Override
    public ModelPiece.Finished read(InputStream body, Consumer<ModelPiece> sink, Failures failures)
            throws IOException, ProviderException {
        InlineThinking answer = new InlineThinking(sink);
        ModelPiece.Finished end = AnswerBody.readLines(body, new OllamaAnswer(answer, failures), failures);
        answer.end();
        return end;
    }
}
