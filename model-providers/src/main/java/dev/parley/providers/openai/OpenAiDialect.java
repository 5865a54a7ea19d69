package dev.parley.providers.openai;

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
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /chat/completions}, streamed. */
public final class OpenAiDialect implements Dialect {

    private static final String STREAM_OPTIONS = "stream_options";

    private final Map<String, String> headers;
    private final String maxTokensField;

    private OpenAiDialect(Optional<String> key, String maxTokensField) {
        this.headers =
                key.map(secret -> Map.of("Authorization", "Bearer " + secret)).orElse(Map.of());
        this.maxTokensField = maxTokensField;
    }

    /** For OpenAI and Groq, whose newer models accept only the newer name of the token limit. */
    public static OpenAiDialect ofOpenAi(Optional<String> key) {
        return new OpenAiDialect(key, "max_completion_tokens");
    }

    /** For compatible services: older servers accept only the older name of the token limit. */
    public static OpenAiDialect compatible(Optional<String> key) {
        return new OpenAiDialect(key, "max_tokens");
    }

    @Override
    public Call call(ModelRequest request) {
        ObjectNode body = Json.object();
        body.put("model", request.model());
        ArrayNode messages = body.putArray("messages");
        Conversation conversation = Conversation.endingWithAnswer(request);
        if (!conversation.system().isEmpty()) {
            messages.addObject().put("role", "system").put("content", conversation.system());
        }
        for (ModelMessage message : conversation.messages()) {
            messages.addObject()
                    .put("role", message.role().name().toLowerCase(Locale.ROOT))
                    .put("content", message.text());
        }
        body.put("stream", true);
        body.putObject(STREAM_OPTIONS).put("include_usage", true);
        if (request.maxTokens() != null) {
            body.put(maxTokensField, request.maxTokens());
        }
        return new Call("/chat/completions", headers, body);
    }

    @Override
    public Set<String> optionalFields() {
        return Set.of(STREAM_OPTIONS);
    }

    @Override
    public ModelPiece.Finished read(InputStream body, Consumer<ModelPiece> sink, Failures failures)
            throws IOException, ProviderException {
        InlineThinking answer = new InlineThinking(sink);
        ModelPiece.Finished end = AnswerBody.readEvents(body, new OpenAiAnswer(answer, failures), failures);
        answer.end();
        return end;
    }
}
