package dev.parley.providers.anthropic;

import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.ProviderException;
import dev.parley.providers.http.AnswerBody;
import dev.parley.providers.http.Call;
import dev.parley.providers.http.Conversation;
import dev.parley.providers.http.Dialect;
import dev.parley.providers.http.Failures;
import dev.parley.providers.http.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /v1/messages}, streamed. */
public final class AnthropicDialect implements Dialect {

    /** The version of the API, sent with every call. */
    public static final String VERSION = "2023-06-01";

    private final Map<String, String> headers;

    public AnthropicDialect(Optional<String> key) {
        Map<String, String> all = new HashMap<>(Map.of("anthropic-version", VERSION));
        key.ifPresent(secret -> all.put("x-api-key", secret));
        this.headers = Map.copyOf(all);
    }

    @Override
    public Call call(ModelRequest request) {
        ClaudeVersion version = ClaudeVersion.of(request.model());
        int maxTokens = Objects.requireNonNullElseGet(request.maxTokens(), version::defaultMaxTokens);
        Conversation conversation = Conversation.endingWithUser(request);
        ObjectNode body = Json.object();
        body.put("model", request.model());
        body.put("max_tokens", maxTokens);
        if (!conversation.system().isEmpty()) {
            body.put("system", conversation.system());
        }
        ArrayNode messages = body.putArray("messages");
        for (ModelMessage message : conversation.messages()) {
            messages.addObject()
                    .put("role", message.role().name().toLowerCase(Locale.ROOT))
                    .put("content", message.text());
        }
        body.put("stream", true);
        if (request.reasoning()) {
            version.askForReasoning(body, maxTokens);
        }
        return new Call("/v1/messages", headers, body);
    }

    @Override
    public ModelPiece.Finished read(InputStream body, Consumer<ModelPiece> sink, Failures failures)
            throws IOException, ProviderException {
        return AnswerBody.readEvents(body, new AnthropicAnswer(sink, failures), failures);
    }
}
