package dev.parley.engine.provider.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.engine.provider.Collected;
import dev.parley.engine.provider.ModelChoice;
import dev.parley.engine.provider.ModelMessage;
import dev.parley.engine.provider.ModelRequest;
import dev.parley.engine.provider.ProviderException;
import dev.parley.engine.provider.http.FakeService;
import dev.parley.schema.command.ChatContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class ConfiguredProvidersTest {

    /** Nothing listens on port 1. */
    private static final String NOBODY = "http://127.0.0.1:1";

    private static final String ANSWER = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: [DONE]\n\n";

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void without_any_setting_the_scripted_model_answers_and_says_how_to_change_that() {
        ConfiguredProviders providers = providers(Map.of());

        assertChoice(choice(providers, null, null), "scripted", "scripted");
        assertThat(providers.explanation())
                .startsWith("Answers come from scripted (model scripted), which needs no key")
                .contains("OPENAI_API_KEY", "GROQ_API_KEY", "GEMINI_API_KEY", "ANTHROPIC_API_KEY", "Ollama");
    }

    @Test
    void a_local_ollama_answers_with_its_first_model_if_nothing_else_is_set() throws Exception {
        FakeService ollama = ollama("{\"models\":[{\"name\":\"llama3.2:3b\"},{\"name\":\"other\"}]}");

        ConfiguredProviders providers = foundAt(ollama, Map.of());

        ModelChoice choice = choice(providers, null, null);
        assertChoice(choice, "ollama", "llama3.2:3b");
        assertThat(providers.explanation()).contains("ollama (model llama3.2:3b), which was found on this machine");
        assertThat(ask(choice)).isEqualTo("hi");
        assertThat(ollama.requests().getLast().body()).contains("llama3.2:3b");
    }

    @Test
    void an_ollama_without_models_or_one_that_is_no_ollama_is_not_used() {
        assertChoice(choice(foundAt(ollama("{\"models\":[]}"), Map.of()), null, null), "scripted", "scripted");
        assertChoice(choice(foundAt(ollama("<html>"), Map.of()), null, null), "scripted", "scripted");
    }

    @Test
    void an_ollama_that_is_too_slow_is_not_waited_for() {
        FakeService silent = service((_, connection) -> connection.awaitClose());
        long start = System.nanoTime();

        assertChoice(choice(foundAt(silent, Map.of()), null, null), "scripted", "scripted");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @CsvSource({
        "OPENAI_API_KEY, openai, gpt-6.1-terra",
        "GROQ_API_KEY, groq, openai/gpt-oss-120b",
        "GEMINI_API_KEY, gemini, gemini-flash-latest",
        "ANTHROPIC_API_KEY, anthropic, claude-sonnet-5-5"
    })
    void a_key_is_enough(String variable, String provider, String model) {
        ConfiguredProviders providers = providers(Map.of(variable, "SECRET"));

        assertChoice(choice(providers, null, null), provider, model);
        assertThat(providers.explanation())
                .contains(provider + " (model " + model + ")", variable, "PARLEY_DEFAULT_PROVIDER")
                .doesNotContain("SECRET");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OPENAI | /v1 | /v1/chat/completions | authorization | Bearer SECRET",
                "GROQ | /openai/v1 | /openai/v1/chat/completions | authorization | Bearer SECRET",
                "GEMINI | /v1beta | /v1beta/models/m:streamGenerateContent?alt=sse | x-goog-api-key | SECRET",
                "ANTHROPIC | '' | /v1/messages | x-api-key | SECRET",
                "OLLAMA | '' | /api/chat | content-type | application/json"
            })
    void each_service_is_asked_below_the_base_url_that_its_sdk_takes(
            String service, String base, String path, String header, String value) throws Exception {
        FakeService server = service((_, connection) -> connection.respond(400, "", ""));
        ConfiguredProviders providers = providers(Map.of(
                service + "_API_KEY", "SECRET", service + "_BASE_URL", server.url() + base, service + "_MODEL", "m"));

        assertThatThrownBy(() -> ask(choice(providers, null, null))).isInstanceOf(ProviderException.class);

        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.path()).isEqualTo(path);
            assertThat(request.headers()).containsEntry(header, value);
        });
    }

    @Test
    void an_empty_variable_is_not_set() {
        assertChoice(
                choice(providers(Map.of("OPENAI_API_KEY", "", "GROQ_API_KEY", " ")), null, null),
                "scripted",
                "scripted");
    }

    @Test
    void the_first_that_is_set_up_is_the_default_unless_another_is_asked_for() {
        Map<String, String> both = Map.of("GROQ_API_KEY", "a", "OPENAI_API_KEY", "b", "GROQ_MODEL", "m");

        assertChoice(choice(providers(both), null, null), "openai", "gpt-6.1-terra");
        assertChoice(choice(providers(with(both, "PARLEY_DEFAULT_PROVIDER", "Groq")), null, null), "groq", "m");
        assertChoice(
                choice(providers(with(both, "PARLEY_DEFAULT_PROVIDER", "scripted")), null, null),
                "scripted",
                "scripted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "nobody", "http://evil"})
    void a_default_that_is_not_set_up_stops_the_start_with_a_plain_reason(String name) {
        assertThatThrownBy(() -> providers(Map.of("PARLEY_DEFAULT_PROVIDER", name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("PARLEY_DEFAULT_PROVIDER: ")
                .hasMessageNotContaining("evil");
    }

    @Test
    void ollama_as_the_default_need_not_be_there_yet() {
        assertChoice(choice(providers(Map.of("PARLEY_DEFAULT_PROVIDER", "ollama")), null, null), "ollama", "auto");
    }

    @Test
    void an_address_without_a_key_is_enough_and_its_first_model_is_asked() throws Exception {
        FakeService server = service((request, connection) -> connection.respond(
                200, "", request.path().equals("/v1/models") ? "{\"data\":[{\"id\":\"org/model-7b\"}]}" : ANSWER));

        ModelChoice choice = choice(providers(Map.of("OPENAI_BASE_URL", server.url() + "/v1")), null, null);

        assertChoice(choice, "openai", "org/model-7b");
        assertThat(ask(choice)).isEqualTo("hi");
        assertThat(server.requests().getLast().path()).isEqualTo("/v1/chat/completions");
        assertThat(server.requests().getLast().headers()).doesNotContainKey("authorization");
    }

    @Test
    void a_server_without_a_list_of_models_is_asked_for_the_usual_one() throws Exception {
        FakeService server = service(
                (request, connection) -> connection.respond(request.method().equals("GET") ? 404 : 200, "", ANSWER));

        ModelChoice choice = choice(providers(Map.of("OPENAI_BASE_URL", server.url())), null, null);

        assertChoice(choice, "openai", "gpt-6.1-terra");
        assertThat(ask(choice)).isEqualTo("hi");
    }

    @Test
    void a_server_that_comes_up_later_is_asked_for_its_first_model_when_it_matters() throws Exception {
        boolean[] up = {false};
        FakeService server = service((request, connection) -> {
            if (up[0]) {
                connection.respond(
                        200, "", request.path().equals("/models") ? "{\"data\":[{\"id\":\"late\"}]}" : ANSWER);
            } else {
                connection.respond(503, "", "");
            }
        });
        ConfiguredProviders providers = providers(Map.of("OPENAI_BASE_URL", server.url()));
        assertChoice(choice(providers, null, null), "openai", "auto");

        up[0] = true;

        assertThat(ask(choice(providers, null, null))).isEqualTo("hi");
        assertThat(server.requests().getLast().body()).contains("\"late\"");
        assertChoice(choice(providers, null, null), "openai", "late");
    }

    @Test
    void a_server_that_no_longer_has_its_first_model_is_asked_again() throws Exception {
        String[] only = {"old"};
        FakeService server = service((request, connection) -> {
            if (request.method().equals("GET")) {
                connection.respond(200, "", "{\"data\":[{\"id\":\"" + only[0] + "\"}]}");
            } else {
                connection.respond(request.body().contains("\"" + only[0] + "\"") ? 200 : 404, "", ANSWER);
            }
        });
        ConfiguredProviders providers = providers(Map.of("OPENAI_BASE_URL", server.url()));
        assertThat(ask(choice(providers, null, null))).isEqualTo("hi");

        only[0] = "new";

        assertThatThrownBy(() -> ask(choice(providers, null, null))).isInstanceOf(ProviderException.class);
        assertThat(ask(choice(providers, null, null))).isEqualTo("hi");
        assertChoice(choice(providers, null, null), "openai", "new");
    }

    @Test
    void a_message_may_name_a_provider_and_a_model() {
        ConfiguredProviders providers = providers(Map.of("OPENAI_API_KEY", "a", "GROQ_API_KEY", "b"));

        assertChoice(choice(providers, "groq", "qwen/qwen3-32b"), "groq", "qwen/qwen3-32b");
        assertChoice(choice(providers, "GROQ ", null), "groq", "openai/gpt-oss-120b");
        assertChoice(choice(providers, null, "gpt-x"), "openai", "gpt-x");
        assertChoice(choice(providers, "scripted", "gpt-x"), "scripted", "scripted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nobody",
                "http://127.0.0.1:1/v1",
                "../openai",
                "openai\u0000",
                "OPENAI_API_KEY",
                "{\"$gt\":\"\"}"
            })
    void a_provider_that_nobody_has_is_the_default_one(String provider) {
        ConfiguredProviders providers = providers(Map.of("OPENAI_API_KEY", "a"));

        assertChoice(choice(providers, provider, null), "openai", "gpt-6.1-terra");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "http://evil/v1",
                "//evil",
                "file:///etc/passwd",
                "../../admin",
                "a\nb",
                "a\u0000",
                "a b",
                "?key=1",
                "a#b",
                "модель",
                "<script>"
            })
    void a_model_that_is_no_model_name_is_the_usual_one(String model) {
        ConfiguredProviders providers = providers(Map.of("OPENAI_API_KEY", "a"));

        assertChoice(choice(providers, null, model), "openai", "gpt-6.1-terra");
    }

    @Test
    void the_category_is_what_the_message_says_if_there_is_such_a_one() {
        ConfiguredProviders providers = providers(Map.of());

        assertThat(providers.choose(context(null, null, "coding"), "x").category())
                .isEqualTo("coding");
        assertThat(providers.choose(context(null, null, "\u0000"), "x").category())
                .isEqualTo("general");
        assertThat(providers.choose(ChatContext.NONE, "x").category()).isEqualTo("general");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SECRET", "ftp://SECRET/", "http://", "http://a b", "//SECRET"})
    void an_address_that_is_none_stops_the_start_with_a_plain_reason(String url) {
        assertThatThrownBy(() -> providers(Map.of("GROQ_BASE_URL", url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("GROQ_BASE_URL: a base URL is http://… or https://…")
                .hasNoCause();
    }

    @Test
    void settings_have_their_spring_names_too_and_those_win() {
        Map<String, Object> properties = Map.of(
                "parley.providers.groq.api-key", "SECRET",
                "parley.providers.groq.model", "own",
                "GROQ_MODEL", "well-known",
                "parley.default-provider", "groq",
                "parley.providers.response-timeout", "7s",
                "parley.providers.retry.attempts", "5");
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));

        ProviderSettings settings = ProviderSettings.of(environment);

        assertThat(settings.of(Service.GROQ).model()).contains("own");
        assertThat(settings.defaultProvider()).contains("groq");
        assertThat(settings.responseTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(settings.retry().attempts()).isEqualTo(5);
        assertThat(settings.toString()).doesNotContain("SECRET");
    }

    private ConfiguredProviders foundAt(FakeService ollama, Map<String, String> variables) {
        return new ConfiguredProviders(settings(variables), ollama.url());
    }

    private ConfiguredProviders providers(Map<String, String> variables) {
        return opened(new ConfiguredProviders(settings(variables), NOBODY));
    }

    private static ProviderSettings settings(Map<String, String> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new HashMap<>(variables)));
        return ProviderSettings.of(environment);
    }

    private FakeService ollama(String tags) {
        String answer = "{\"message\":{\"content\":\"hi\"},\"done\":true}\n";
        return service((request, connection) ->
                connection.respond(200, "", request.path().equals("/api/tags") ? tags : answer));
    }

    private FakeService service(FakeService.Answer answer) {
        return opened(new FakeService(answer));
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }

    private static Map<String, String> with(Map<String, String> variables, String name, String value) {
        Map<String, String> all = new HashMap<>(variables);
        all.put(name, value);
        return all;
    }

    private static ModelChoice choice(
            ConfiguredProviders providers, @Nullable String provider, @Nullable String model) {
        return providers.choose(context(provider, model, null), "hello");
    }

    private static ChatContext context(@Nullable String provider, @Nullable String model, @Nullable String category) {
        return new ChatContext(null, null, null, provider, model, category);
    }

    private static void assertChoice(ModelChoice choice, String provider, String model) {
        assertThat(choice.provider().name()).isEqualTo(provider);
        assertThat(choice.model()).isEqualTo(model);
    }

    private static String ask(ModelChoice choice) throws ProviderException, InterruptedException {
        return Collected.from(
                        choice.provider(),
                        new ModelRequest(choice.model(), List.of(ModelMessage.user("hello")), "", false, null))
                .text();
    }
}
