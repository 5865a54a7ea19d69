package dev.parley.providers.selection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.NamedModel;
import dev.parley.providers.ProviderException;
import dev.parley.providers.chain.ProviderObserver;
import dev.parley.providers.http.FakeService;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Lets every service fail in every way with keys, passwords and the user's text in its response, and checks that these appear in no log
 * line, piece or error.
 */
class SecretsTest {

    private static final String KEY = "sk-PLANTED-KEY";
    private static final String PASSWORD = "PLANTED-PASSWORD";
    private static final String QUESTION = "PLANTED-QUESTION";
    private static final String PLANTED = "PLANTED";
    private static final String BASIC = Base64.getEncoder().encodeToString(("ann:" + PASSWORD).getBytes(UTF_8));

    /** In upper or lower case, or encoded as a header. */
    private static final Condition<String> CLEAN = new Condition<>(
            text -> !text.toUpperCase(Locale.ROOT).contains(PLANTED) && !text.contains(BASIC), "nothing planted in it");

    private static final String NOT_RUNNING = "http://127.0.0.1:1";

    private final Logger root = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Logger.ROOT_LOGGER_NAME);
    private final Level levelBefore = root.getLevel();
    private final List<Appender<ILoggingEvent>> others = new ArrayList<>();
    private final Captured captured = new Captured();

    /** The ways in which a service fails. */
    private enum Way {
        KEY_REFUSED,
        TROUBLE,
        TOO_MANY,
        REDIRECT,
        ERROR_IN_AN_ANSWER,
        NO_JSON,
        HANG_UP,
        HANG_UP_IN_AN_ANSWER;

        void answer(FakeService.Request request, FakeService.Connection connection) throws IOException {
            String said = "{\"error\":{\"message\":\"" + KEY + " " + PASSWORD + " " + QUESTION + "\",\"type\":\"" + KEY
                    + "\",\"code\":\"" + PASSWORD + "\"}}";
            switch (this) {
                case KEY_REFUSED -> connection.respond(401, "WWW-Authenticate: " + KEY + "\r\n", said);
                case TROUBLE -> connection.respond(500, "", said);
                case TOO_MANY -> connection.respond(429, "Retry-After: " + KEY + "\r\n", said);
                case REDIRECT -> connection.respond(302, "Location: http://127.0.0.1:1/" + KEY + "\r\n", said);
                case ERROR_IN_AN_ANSWER -> connection.respond(200, "", "data: " + said + "\n\n");
                case NO_JSON -> connection.respond(200, "", "data: <" + KEY + request.headers() + ">\n\n");
                case HANG_UP -> connection.hangUp();
                case HANG_UP_IN_AN_ANSWER -> {
                    connection.startEvents();
                    connection.chunk(": " + KEY + "\n\n");
                    connection.hangUp();
                }
            }
        }
    }

    @BeforeEach
    void listen() {
        captured.setContext(root.getLoggerContext());
        captured.start();
        root.iteratorForAppenders().forEachRemaining(others::add);
        others.forEach(root::detachAppender);
        root.addAppender(captured);
        root.setLevel(Level.TRACE);
    }

    @AfterEach
    void stopListening() {
        root.setLevel(levelBefore);
        root.detachAppender(captured);
        others.forEach(root::addAppender);
    }

    @ParameterizedTest
    @EnumSource
    void no_key_password_or_question_reaches_a_log_a_piece_or_an_error(Way way) throws Exception {
        try (FakeService service = new FakeService(way::answer);
                ConfiguredProviders providers = providers(service)) {
            for (Service one : Service.values()) {
                Outcome outcome = ask(providers, one.wireName());

                assertThat(outcome.failure()).isPresent();
                assertThat(outcome.failure().map(SecretsTest::all).orElse("")).is(CLEAN);
                assertThat(outcome.texts()).isNotEmpty().are(CLEAN);
            }
            assertThat(service.requests())
                    .isNotEmpty()
                    .allSatisfy(
                            request -> assertThat(request.toString()).contains(PLANTED)); // the service did receive it
            assertThat(providers.explanation()).is(CLEAN).doesNotContain("127.0.0.1");
        }
        assertThat(captured.lines).isNotEmpty().are(CLEAN);
    }

    @Test
    void a_key_in_another_setting_is_not_repeated() {
        for (String setting : List.of(
                "OPENAI_BASE_URL",
                "OPENAI_MODEL",
                "PARLEY_DEFAULT_PROVIDER",
                "PARLEY_PROVIDERS_CHAINS_GENERAL",
                "PARLEY_PROVIDERS_PRICES")) {
            try (ConfiguredProviders providers = new ConfiguredProviders(
                    settings(Map.of("OPENAI_API_KEY", KEY, setting, KEY)), ProviderObserver.NONE, NOT_RUNNING)) {
                assertThat(setting).isEqualTo("OPENAI_MODEL"); // a model may be called anything
                providers.choose(NamedModel.NONE, QUESTION);
            } catch (IllegalArgumentException e) {
                assertThat(all(e)).is(CLEAN);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u200B", "\uFEFF", "\u201D", "\u2013", "\u00A0", "\n", "\u007F"})
    void a_key_with_an_invalid_character_is_refused_at_the_start_and_not_repeated(String odd) {
        assertThatThrownBy(() -> settings(Map.of("GROQ_API_KEY", KEY + odd + KEY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("GROQ_API_KEY has a character that no key has")
                .satisfies(e -> assertThat(all(e)).is(CLEAN));
    }

    @Test
    void the_settings_to_string_contains_no_secret() {
        assertThat(settings(Map.of("OPENAI_API_KEY", KEY, "GROQ_BASE_URL", "http://ann:" + PASSWORD + "@127.0.0.1"))
                        .toString())
                .is(CLEAN);
    }

    /** Everything that a worker receives for one request. */
    private record Outcome(List<String> texts, Optional<ProviderException> failure) {}

    private static Outcome ask(ConfiguredProviders providers, String name) throws InterruptedException {
        var choice = providers.choose(new NamedModel(name, null, null), "x");
        List<String> texts =
                new ArrayList<>(List.of(choice.provider().name(), choice.model(), String.valueOf(choice.category())));
        try {
            choice.provider().stream(
                    new ModelRequest(choice.model(), List.of(ModelMessage.user(QUESTION)), "", false, null),
                    piece -> texts.add(piece.toString()));
            return new Outcome(texts, Optional.empty());
        } catch (ProviderException e) {
            texts.add(String.valueOf(e.getMessage()));
            return new Outcome(texts, Optional.of(e));
        }
    }

    private static ConfiguredProviders providers(FakeService service) {
        Map<String, String> variables = new HashMap<>();
        for (Service one : Service.values()) {
            variables.put(one.name() + "_API_KEY", KEY);
            variables.put(one.name() + "_BASE_URL", service.url("ann:" + PASSWORD));
            variables.put(one.name() + "_MODEL", "m");
        }
        variables.put("PARLEY_PROVIDERS_RETRY_ATTEMPTS", "2");
        variables.put("PARLEY_PROVIDERS_RETRY_FIRSTDELAY", "1ms");
        return new ConfiguredProviders(settings(variables), ProviderObserver.NONE, NOT_RUNNING);
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

    /** The stack trace with causes and suppressed exceptions. */
    private static String all(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static final class Captured extends AppenderBase<ILoggingEvent> {

        private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
            for (IThrowableProxy thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
                lines.add(thrown.getMessage() == null ? "" : thrown.getMessage());
            }
        }
    }
}
