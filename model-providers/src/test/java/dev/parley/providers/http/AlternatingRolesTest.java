package dev.parley.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.anthropic.AnthropicDialect;
import dev.parley.providers.gemini.GeminiDialect;
import dev.parley.providers.ollama.OllamaDialect;
import dev.parley.providers.openai.OpenAiDialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;

/** Strict chat templates accept only a system message followed by alternating messages of user and assistant. */
class AlternatingRolesTest {

    private static final int HISTORIES = 2_000;

    static final List<Dialect> DIALECTS = List.of(
            OpenAiDialect.ofOpenAi(Optional.empty()),
            OpenAiDialect.compatible(Optional.empty()),
            new GeminiDialect(Optional.empty()),
            new AnthropicDialect(Optional.empty()),
            new OllamaDialect());

    @ParameterizedTest
    @FieldSource("DIALECTS")
    void roles_alternate_for_every_history(Dialect dialect) {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < HISTORIES; i++) {
            boolean goesOn = random.nextInt(4) == 0;
            List<ModelMessage> history = history(random);
            JsonNode body = dialect.call(new ModelRequest(
                            "m", history, goesOn ? "beginning of the answer" : "", random.nextBoolean(), null))
                    .body();
            List<String> roles = new ArrayList<>();
            StringBuilder texts = new StringBuilder();
            for (JsonNode message : body.has("contents") ? body.path("contents") : body.path("messages")) {
                roles.add(message.path("role").asString().replace("model", "assistant"));
                texts.append(
                                message.has("parts")
                                        ? message.at("/parts/0/text").asString()
                                        : message.path("content").asString())
                        .append('\n');
            }
            if (!roles.isEmpty() && roles.getFirst().equals("system")) {
                roles.removeFirst();
            }

            assertThat(roles).as("%s", history).isNotEmpty().doesNotContain("system");
            for (int at = 0; at < roles.size(); at++) {
                assertThat(roles.get(at)).as("%s", history).isEqualTo(at % 2 == 0 ? "user" : "assistant");
            }
            assertThat(roles.getLast()).isEqualTo(goesOn && takesBeginning(dialect) ? "assistant" : "user");
            for (ModelMessage message : history) {
                if (message.role() == ModelMessage.Role.USER) {
                    assertThat(texts.toString()).contains(message.text());
                }
            }
        }
    }

    private static boolean takesBeginning(Dialect dialect) {
        return dialect instanceof OpenAiDialect || dialect instanceof OllamaDialect;
    }

    /** A history in which some turns have no answer, with or without documents before the last message and instructions. */
    private static List<ModelMessage> history(Random random) {
        List<ModelMessage> history = new ArrayList<>();
        if (random.nextBoolean()) {
            history.add(ModelMessage.system(random.nextInt(4) == 0 ? " " : "instructions"));
        }
        int turns = random.nextInt(6);
        for (int turn = 0; turn < turns; turn++) {
            history.add(ModelMessage.user(random.nextInt(6) == 0 ? "" : "question " + turn));
            history.add(ModelMessage.assistant(random.nextInt(3) == 0 ? " \n" : "answer " + turn));
        }
        if (random.nextInt(3) == 0) {
            history.add(ModelMessage.user("documents"));
        }
        history.add(ModelMessage.user("the last question"));
        return history;
    }
}
