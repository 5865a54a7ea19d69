package dev.parley.providers.gemini;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.net.URLEncoder;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /models/…:streamGenerateContent?alt=sse}. The key goes into a header, never into the URL. */
public final class GeminiDialect implements Dialect {

    private static final String MODELS = "models/";

    private final Map<String, String> headers;

    public GeminiDialect(Optional<String> key) {
        this.headers = key.map(secret -> Map.of("x-goog-api-key", secret)).orElse(Map.of());
    }

    @Override
    public Call call(ModelRequest request) {
        Conversation conversation = Conversation.endingWithUser(request);
        ObjectNode body = Json.object();
        if (!conversation.system().isEmpty()) {
            addText(body.putObject("systemInstruction"), conversation.system());
        }
        ArrayNode contents = body.putArray("contents");
        for (ModelMessage message : conversation.messages()) {
            ObjectNode content = contents.addObject();
            content.put("role", message.role() == ModelMessage.Role.USER ? "user" : "model");
            addText(content, message.text());
        }
        if (request.maxTokens() != null) {
            body.withObject("/generationConfig").put("maxOutputTokens", request.maxTokens());
        }
        if (request.reasoning()) {
            body.withObject("/generationConfig").putObject("thinkingConfig").put("includeThoughts", true);
        }
        return new Call("/" + MODELS + nameInPath(request.model()) + ":streamGenerateContent?alt=sse", headers, body);
    }

    @Override
    public ModelPiece.Finished read(InputStream body, Consumer<ModelPiece> sink, Failures failures)
            throws IOException, ProviderException {
        return AnswerBody.readEvents(body, new GeminiAnswer(sink, failures), failures);
    }

    private static void addText(ObjectNode content, String text) {
        content.putArray("parts").addObject().put("text", text);
    }

    /** The model's name is part of the path and may come from a client, so it is encoded as one segment. */
    private static String nameInPath(String model) {
        String name = model.startsWith(MODELS) ? model.substring(MODELS.length()) : model;
        return URLEncoder.encode(name, UTF_8).replace("+", "%20");
    }
}
