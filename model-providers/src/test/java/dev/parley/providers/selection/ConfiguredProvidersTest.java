package dev.parley.providers.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.providers.AskedModel;
import dev.parley.providers.Collected;
import dev.parley.providers.ModelChoice;
import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.NamedModel;
import dev.parley.providers.ProviderException;
import dev.parley.providers.breaker.Breaker;
import dev.parley.providers.chain.ProviderObserver;
import dev.parley.providers.http.FakeService;
import dev.parley.service.startup.SettingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
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
    private static final String NOT_RUNNING = "http://127.0.0.1:1";

    private static final String ANSWER = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: [DONE]\n\n";

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void without_settings_the_scripted_model_answers_and_explains_how_to_change_that() {
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
    void an_ollama_without_models_or_another_server_is_not_used() {
        assertChoice(choice(foundAt(ollama("{\"models\":[]}"), Map.of()), null, null), "scripted", "scripted");
        assertChoice(choice(foundAt(ollama("<html>"), Map.of()), null, null), "scripted", "scripted");
    }

    @Test
    void an_ollama_that_is_too_slow_is_not_used() {
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
    void a_key_sets_up_a_service(String variable, String provider, String model) {
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
    void each_service_is_called_below_the_base_url_of_its_sdk(
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
    void the_first_service_that_is_set_up_is_the_default_unless_another_is_set() {
        Map<String, String> both = Map.of("GROQ_API_KEY", "a", "OPENAI_API_KEY", "b", "GROQ_MODEL", "m");

        assertChoice(choice(providers(both), null, null), "openai", "gpt-6.1-terra");
        assertChoice(choice(providers(with(both, "PARLEY_DEFAULT_PROVIDER", "Groq")), null, null), "groq", "m");
        assertChoice(
                choice(providers(with(both, "PARLEY_DEFAULT_PROVIDER", "scripted")), null, null),
                "scripted",
                "scripted");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "openai | For openai set OPENAI_API_KEY (or OPENAI_BASE_URL for a service of your own).",
                "scriptd | Others are openai, groq, gemini, anthropic, ollama",
                "http://evil | It can be scripted."
            })
    void a_default_that_is_not_set_up_stops_the_start_and_is_named(String name, String remedy) {
        assertThatThrownBy(() -> providers(Map.of("PARLEY_DEFAULT_PROVIDER", name)))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("PARLEY_DEFAULT_PROVIDER (parley.default-provider) is \"" + name
                        + "\", which is not set up. It can be scripted.")
                .hasMessageContaining(remedy);
    }

    @Test
    void ollama_as_the_default_may_start_later() {
        assertChoice(choice(providers(Map.of("PARLEY_DEFAULT_PROVIDER", "ollama")), null, null), "ollama", "auto");
    }

    @Test
    void an_address_sets_up_a_service_with_its_first_model() throws Exception {
        FakeService server = service((request, connection) -> connection.respond(
                200, "", request.path().equals("/v1/models") ? "{\"data\":[{\"id\":\"org/model-7b\"}]}" : ANSWER));

        ModelChoice choice = choice(providers(Map.of("OPENAI_BASE_URL", server.url() + "/v1")), null, null);

        assertChoice(choice, "openai", "org/model-7b");
        assertThat(ask(choice)).isEqualTo("hi");
        assertThat(server.requests().getLast().path()).isEqualTo("/v1/chat/completions");
        assertThat(server.requests().getLast().headers()).doesNotContainKey("authorization");
    }

    @Test
    void a_server_without_a_list_of_models_is_asked_for_the_default_model() throws Exception {
        FakeService server = service(
                (request, connection) -> connection.respond(request.method().equals("GET") ? 404 : 200, "", ANSWER));

        ModelChoice choice = choice(providers(Map.of("OPENAI_BASE_URL", server.url())), null, null);

        assertChoice(choice, "openai", "gpt-6.1-terra");
        assertThat(ask(choice)).isEqualTo("hi");
    }

    @Test
    void the_first_model_of_a_server_that_starts_later_is_found() throws Exception {
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
    void the_list_is_read_again_after_a_model_was_removed() throws Exception {
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
                "unknown",
                "http://127.0.0.1:1/v1",
                "../openai",
                "openai\u0000",
                "OPENAI_API_KEY",
                "{\"$gt\":\"\"}"
            })
    void an_unknown_provider_is_replaced_by_the_default(String provider) {
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
    void an_invalid_model_name_is_replaced_by_the_default_model(String model) {
        ConfiguredProviders providers = providers(Map.of("OPENAI_API_KEY", "a"));

        assertChoice(choice(providers, null, model), "openai", "gpt-6.1-terra");
    }

    @Test
    void the_category_is_the_requested_one_if_it_exists() {
        ConfiguredProviders providers = providers(Map.of());

        assertThat(providers.choose(context(null, null, "coding"), "x").category())
                .isEqualTo("coding");
        assertThat(providers.choose(context(null, null, "\u0000"), "x").category())
                .isEqualTo("general");
        assertThat(providers.choose(NamedModel.NONE, "x").category()).isEqualTo("general");
    }

    @Test
    void a_message_without_a_category_is_classified() {
        ConfiguredProviders providers = providers(Map.of());

        assertThat(providers.choose(NamedModel.NONE, "What is 2 + 2?").category())
                .isEqualTo("math");
        assertThat(providers
                        .choose(context(null, null, "empathy"), "What is 2 + 2?")
                        .category())
                .isEqualTo("empathy");
        assertThat(providers
                        .choose(context(null, null, "nonsense"), "What is 2 + 2?")
                        .category())
                .isEqualTo("math");
    }

    @Test
    void a_category_has_its_own_chain_or_the_general_one() throws Exception {
        Map<String, String> variables = Map.of(
                "GROQ_API_KEY", "a",
                "GROQ_BASE_URL", answering(401).url(),
                "GEMINI_API_KEY", "b",
                "GEMINI_BASE_URL", answering(401).url(),
                "OPENAI_BASE_URL", answering(200).url(),
                "OPENAI_MODEL", "default-model",
                "PARLEY_PROVIDERS_CHAINS_CODING", "groq:org/model:7b, gemini,openai:special",
                "PARLEY_PROVIDERS_CHAINS_GENERAL", "gemini,openai");
        ConfiguredProviders providers = providers(variables);

        ModelChoice coding = providers.choose(context(null, null, "coding"), "x");
        ModelChoice math = providers.choose(context(null, null, "math"), "x");

        assertChoice(coding, "groq", "org/model:7b");
        assertThat(askedModels(coding))
                .containsExactly("groq org/model:7b", "gemini gemini-flash-latest", "openai special");
        assertThat(askedModels(math)).containsExactly("gemini gemini-flash-latest", "openai default-model");
        assertThat(providers.explanation())
                .startsWith(
                        "Answers come from gemini (model gemini-flash-latest), as parley.providers.chains.general says."
                                + " Where it cannot, from openai (model default-model). Chains of their own have: coding.");
    }

    @Test
    void without_a_chain_all_services_follow_the_default_but_never_scripted() throws Exception {
        Map<String, String> three = Map.of(
                "OPENAI_API_KEY", "a",
                "OPENAI_BASE_URL", answering(401).url(),
                "OPENAI_MODEL", "o",
                "GROQ_API_KEY", "b",
                "GROQ_BASE_URL", answering(404).url(),
                "GROQ_MODEL", "g",
                "ANTHROPIC_API_KEY", "c",
                "ANTHROPIC_BASE_URL", answering(401).url(),
                "ANTHROPIC_MODEL", "c",
                "PARLEY_DEFAULT_PROVIDER", "groq");

        assertThat(askedModels(choice(providers(three), null, null)))
                .containsExactly("groq g", "openai o", "anthropic c");
    }

    @Test
    void scripted_as_the_default_or_by_name_is_the_only_provider() throws Exception {
        FakeService openai = answering(200);
        Map<String, String> both = Map.of("OPENAI_BASE_URL", openai.url(), "OPENAI_MODEL", "o");
        String silent = "/script {\"chunks\": 0}";

        for (ModelChoice choice : List.of(
                providers(with(both, "PARLEY_DEFAULT_PROVIDER", "scripted")).choose(NamedModel.NONE, silent),
                providers(both).choose(context("scripted", null, null), silent))) {
            assertThatThrownBy(() -> ask(choice, silent)).hasMessage("scripted gave no answer");
        }
        assertThat(openai.requests()).isEmpty();
    }

    @Test
    void a_requested_provider_is_the_first_and_the_chain_follows() throws Exception {
        ConfiguredProviders providers = providers(Map.of(
                "OPENAI_API_KEY", "a",
                "OPENAI_BASE_URL", answering(401).url(),
                "OPENAI_MODEL", "o",
                "GROQ_API_KEY", "b",
                "GROQ_BASE_URL", answering(401).url(),
                "GROQ_MODEL", "g"));

        assertThat(askedModels(choice(providers, "groq", "g-2"))).containsExactly("groq g-2", "openai o", "groq g");
        assertThat(askedModels(choice(providers, "groq", null))).containsExactly("groq g", "openai o");
        assertThat(askedModels(choice(providers, null, "o-2"))).containsExactly("openai o-2", "openai o", "groq g");
    }

    @Test
    void an_answer_is_continued_by_the_provider_that_began_it() throws Exception {
        ConfiguredProviders providers = providers(Map.of(
                "OPENAI_API_KEY", "a",
                "OPENAI_BASE_URL", answering(401).url(),
                "OPENAI_MODEL", "o",
                "GROQ_API_KEY", "b",
                "GROQ_BASE_URL", answering(401).url(),
                "GROQ_MODEL", "g"));

        ModelChoice resumed = providers.resume(NamedModel.NONE, "x", new NamedModel("groq", "g-old", "math"));

        assertChoice(resumed, "groq", "g-old");
        assertThat(resumed.category()).isEqualTo("math");
        assertThat(askedModels(resumed)).containsExactly("groq g-old", "openai o", "groq g");
        assertChoice(providers.resume(NamedModel.NONE, "x", new NamedModel("unknown", "m", "new")), "openai", "o");
        assertChoice(providers.resume(NamedModel.NONE, "x", new NamedModel("groq", "auto", "math")), "groq", "g");
    }

    @Test
    void a_provider_that_keeps_failing_is_skipped_and_not_named() throws Exception {
        FakeService broken = answering(401);
        List<String> states = new ArrayList<>();
        ConfiguredProviders providers = opened(new ConfiguredProviders(
                settings(Map.of(
                        "OPENAI_API_KEY", "a",
                        "OPENAI_BASE_URL", broken.url(),
                        "OPENAI_MODEL", "o",
                        "GROQ_API_KEY", "b",
                        "GROQ_BASE_URL", answering(200).url(),
                        "PARLEY_PROVIDERS_BREAKER_MINCALLS", "3")),
                new ProviderObserver() {
                    @Override
                    public void failed(String provider, ProviderException.Kind kind) {
                        states.add(provider + " " + kind);
                    }

                    @Override
                    public void watch(String provider, Supplier<Breaker.State> breaker) {
                        states.add(provider + " " + breaker.get());
                    }
                },
                NOT_RUNNING));

        for (int i = 0; i < 6; i++) {
            assertThat(ask(choice(providers, null, null))).isEqualTo("hi");
        }

        assertThat(broken.requests()).hasSize(3);
        assertThat(choice(providers, null, null).provider().name()).isEqualTo("groq");
        assertThat(states)
                .containsExactly(
                        "openai CLOSED",
                        "groq CLOSED",
                        "scripted CLOSED",
                        "openai UNAUTHORIZED",
                        "openai UNAUTHORIZED",
                        "openai UNAUTHORIZED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CODING | openai,unknown | has 'unknown' as number 2, which is not set up. It can be openai, scripted.",
                "CODING | groq | has 'groq' as number 1, which is not set up. It can be openai, scripted. For groq set GROQ_API_KEY",
                "GENERAL | sk-SECRET | has something that looks like a key (it is not shown) as number 1, which is not set up",
                "MATH | openai: | has 'openai:' as number 1, which cannot be read. Each is a provider, or",
                "MATH | openai:a b | has 'openai:a b' as number 1, which cannot be read. Each is a provider, or",
                "MATH | openai,:sk-SECRET | has something that looks like a key (it is not shown) as number 2, which cannot be read",
                "MATH | openai,OpenAI | names one of its providers twice",
                "MATH | scripted:other | has 'scripted' as number 1 with a model. It has one model only",
                "MATH | a,b,c,d,e,f,g,h,i | has 9 providers. At most 8 are possible."
            })
    void an_invalid_chain_stops_the_start_with_a_reason(String category, String chain, String reason) {
        assertThatThrownBy(() -> providers(Map.of("OPENAI_API_KEY", "a", "PARLEY_PROVIDERS_CHAINS_" + category, chain)))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("PARLEY_PROVIDERS_CHAINS_" + category + " (parley.providers.chains."
                        + category.toLowerCase(Locale.ROOT) + ") " + reason.replace("'", "\""))
                .hasMessageNotContaining("SECRET")
                .hasNoCause();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PARLEY_PROVIDERS_PRICES | openai:*=1/2,cheap | PARLEY_PROVIDERS_PRICES (parley.providers.prices) has 'cheap' as number 2, which is no price. A price is",
                "PARLEY_PROVIDERS_CHAINS_SCIENCE | openai | parley.providers.chains has the category 'science', which does not exist. The categories are coding, math,",
                "OPENAI_BASE_URL | htp://localhost:8000/v1 | OPENAI_BASE_URL is 'htp://localhost:8000/v1'. It must be an address such as https://api.openai.com/v1"
            })
    void an_invalid_setting_stops_the_start_with_a_reason(String name, String value, String reason) {
        assertThatThrownBy(() -> providers(Map.of(name, value)))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(reason.replace("'", "\""));
    }

    @Test
    void all_problems_are_reported_at_once() {
        assertThatThrownBy(() -> providers(Map.of(
                        "GROQ_API_KEY", "a\u200Bb",
                        "GEMINI_BASE_URL", "nowhere",
                        "PARLEY_PROVIDERS_PRICES", "cheap",
                        "PARLEY_PROVIDERS_CHAINS_MATH", "a,a")))
                .isInstanceOfSatisfying(
                        SettingException.class, e -> assertThat(e.problems()).hasSize(4));
    }

    @Test
    void a_default_that_contradicts_the_general_chain_stops_the_start() {
        Map<String, String> chain = Map.of("OPENAI_API_KEY", "a", "PARLEY_PROVIDERS_CHAINS_GENERAL", "openai,scripted");

        assertThatThrownBy(() -> providers(with(chain, "PARLEY_DEFAULT_PROVIDER", "scripted")))
                .hasMessageStartingWith(
                        "PARLEY_DEFAULT_PROVIDER (parley.default-provider) is \"scripted\", which is not the first of"
                                + " parley.providers.chains.general. Leave one of the two out.");
        assertChoice(
                choice(providers(with(chain, "PARLEY_DEFAULT_PROVIDER", "openai")), null, null),
                "openai",
                "gpt-6.1-terra");
    }

    @Test
    void a_chain_may_be_a_list_and_sets_up_ollama() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "test",
                        Map.of(
                                "parley.providers.chains.math[0]", "ollama:qwen",
                                "parley.providers.chains.math[1]", "scripted",
                                "parley.providers.chains.coding", "")));
        ConfiguredProviders providers =
                opened(new ConfiguredProviders(ProviderSettings.of(environment), ProviderObserver.NONE, NOT_RUNNING));

        assertChoice(providers.choose(context(null, null, "math"), "x"), "ollama", "qwen");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"host", "ftp://ann:SECRET@host/", "http://", "http://a b", "//ann:SECRET@host", "sk-SECRET"})
    void an_invalid_address_stops_the_start_with_a_reason(String url) {
        assertThatThrownBy(() -> providers(Map.of("GROQ_BASE_URL", url)))
                .isInstanceOf(SettingException.class)
                .hasMessageMatching("GROQ_BASE_URL is .*\\. It must be an address such as"
                        + " https://api.groq.com/openai/v1, beginning with http:// or https://\\.")
                .hasMessageNotContaining("SECRET")
                .hasNoCause();
    }

    @Test
    void settings_have_spring_names_which_take_precedence() {
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

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void the_explanation_names_a_provider_that_refuses_its_key(int status) throws Exception {
        try (FakeService service = answering(status)) {
            ConfiguredProviders providers =
                    providers(Map.of("OPENAI_BASE_URL", service.url(), "OPENAI_API_KEY", "wrong", "OPENAI_MODEL", "m"));

            assertThat(providers.checkedExplanation())
                    .startsWith("Messages fail for now: openai answered " + status)
                    .contains("Check OPENAI_API_KEY and OPENAI_BASE_URL, and start again.")
                    .doesNotContain("Answers come from");
        }
    }

    @Test
    void the_explanation_names_a_provider_that_cannot_be_reached() {
        assertThat(providers(Map.of("OPENAI_BASE_URL", NOT_RUNNING, "OPENAI_MODEL", "m"))
                        .checkedExplanation())
                .startsWith("Messages fail for now: openai cannot be reached. Check OPENAI_API_KEY");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404, 429})
    void the_explanation_has_no_problem_if_the_key_is_accepted_or_there_is_no_list(int status) throws Exception {
        try (FakeService service = answering(status)) {
            assertThat(providers(Map.of("OPENAI_BASE_URL", service.url(), "OPENAI_MODEL", "m"))
                            .checkedExplanation())
                    .startsWith("Answers come from openai");
        }
    }

    /** Answers with this status and, if it is a success status, with an answer of OpenAI's API. */
    private FakeService answering(int status) {
        return service((_, connection) -> connection.respond(status, "", status == 200 ? ANSWER : ""));
    }

    /** The models in the order in which they were asked, up to the one that answered. */
    private static List<String> askedModels(ModelChoice choice) throws InterruptedException {
        List<String> asked = new ArrayList<>();
        try {
            choice.provider().stream(
                    new ModelRequest(choice.model(), List.of(ModelMessage.user("hello")), "", false, null), piece -> {
                        if (piece instanceof ModelPiece.Asked(AskedModel model)) {
                            asked.add(model.provider() + " " + model.model());
                        }
                    });
        } catch (ProviderException e) {
            // none answered
        }
        return asked;
    }

    private ConfiguredProviders foundAt(FakeService ollama, Map<String, String> variables) {
        return new ConfiguredProviders(settings(variables), ProviderObserver.NONE, ollama.url());
    }

    private ConfiguredProviders providers(Map<String, String> variables) {
        return opened(new ConfiguredProviders(settings(variables), ProviderObserver.NONE, NOT_RUNNING));
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

    private static NamedModel context(@Nullable String provider, @Nullable String model, @Nullable String category) {
        return new NamedModel(provider, model, category);
    }

    private static void assertChoice(ModelChoice choice, String provider, String model) {
        assertThat(choice.provider().name()).isEqualTo(provider);
        assertThat(choice.model()).isEqualTo(model);
    }

    private static String ask(ModelChoice choice) throws ProviderException, InterruptedException {
        return ask(choice, "hello");
    }

    private static String ask(ModelChoice choice, String message) throws ProviderException, InterruptedException {
        return Collected.from(
                        choice.provider(),
                        new ModelRequest(choice.model(), List.of(ModelMessage.user(message)), "", false, null))
                .text();
    }
}
