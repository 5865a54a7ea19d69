package dev.parley.service.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;

class SettingsCheckTest {

    private static final String PREFIX = "parley.engine";

    enum Mode {
        ALL,
        OWN
    }

    record Inner(
            @DefaultValue("1") @Min(1) @Max(9) int number,
            @DefaultValue("9") @Min(1) @Max(9) int bound) implements CheckedSettings {
        @Override
        public void check(Problems problems) {
            problems.atMost("parley.engine.inner.number", number, "parley.engine.inner.bound", bound);
        }
    }

    record Sample(
            @DefaultValue("3s") @DurationMin(millis = 100) @DurationMax(minutes = 10)
            Duration lease,

            @DefaultValue("10m") Duration total,

            @Name("body-bytes") @DefaultValue("1024") @Min(1) @Max(4_096)
            DataSize body,

            @DefaultValue("all") Mode mode,
            @DefaultValue Inner inner,
            @DefaultValue Map<String, String> chains,
            @DefaultValue List<String> prices,
            @Nullable String apiKey)
            implements CheckedSettings {
        @Override
        public void check(Problems problems) {
            problems.atMost("parley.engine.lease", lease, "parley.engine.total", total);
        }
    }

    @Test
    void defaults_have_no_problems() {
        assertThat(problems(Map.of())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PARLEY_ENGINE_LEASE | 0s | PARLEY_ENGINE_LEASE (parley.engine.lease) is '0s'. It must be at least 100ms and at most 10m.",
                "PARLEY_ENGINE_LEASE | 0 | PARLEY_ENGINE_LEASE (parley.engine.lease) is '0'. It must be at least 100ms and at most 10m.",
                "PARLEY_ENGINE_LEASE | PT0.05S | PARLEY_ENGINE_LEASE (parley.engine.lease) is 'PT0.05S'. It must be at least 100ms and at most 10m.",
                "PARLEY_ENGINE_LEASE | 90000s | PARLEY_ENGINE_LEASE (parley.engine.lease) is '90000s'. It must be at least 100ms and at most 10m.",
                "parley.engine.inner.number | 0x0A | PARLEY_ENGINE_INNER_NUMBER (parley.engine.inner.number) is '0x0A'. It must be at least 1 and at most 9.",
                "PARLEY_ENGINE_LEASE | soon | PARLEY_ENGINE_LEASE (parley.engine.lease) is 'soon'. It must be a time with its unit, such as 300ms, 5s or 10m.",
                "PARLEY_ENGINE_MODE | some | PARLEY_ENGINE_MODE (parley.engine.mode) is 'some'. It must be one of all, own.",
                "PARLEY_ENGINE_INNER_NUMBER | 10 | PARLEY_ENGINE_INNER_NUMBER (parley.engine.inner.number) is '10'. It must be at least 1 and at most 9.",
                "PARLEY_ENGINE_INNER_NUMBER | ten | PARLEY_ENGINE_INNER_NUMBER (parley.engine.inner.number) is 'ten'. It must be a whole number, up to 2147483647.",
                "PARLEY_ENGINE_BODY_BYTES | 0 | PARLEY_ENGINE_BODY_BYTES (parley.engine.body-bytes) is '0'. It must be at least 1 and at most 4096.",
                "parley.engine.body-bytes | 5KB | PARLEY_ENGINE_BODY_BYTES (parley.engine.body-bytes) is '5KB'. It must be at least 1 and at most 4096.",
                "PARLEY_ENGINE_BODY_BYTES | big | PARLEY_ENGINE_BODY_BYTES (parley.engine.body-bytes) is 'big'. It must be a number of bytes, or a size with its unit, such as 512KB or 64MB.",
                "PARLEY_ENGINE_BODY_BYTES | 4KB | ''",
                "PARLEY_ENGINE_TOTAL | 1s | ''"
            })
    void a_problem_names_the_setting_its_value_and_what_is_allowed(String name, String value, String expected) {
        assertThat(String.join("\n", problems(Map.of(name, value)))).isEqualTo(expected.replace("'", "\""));
    }

    @Test
    void all_problems_are_reported_together() {
        assertThat(problems(Map.of(
                        "PARLEY_ENGINE_LEASE", "0s",
                        "PARLEY_ENGINE_MODE", "some",
                        "PARLEY_ENGINE_INNER_NUMBER", "0")))
                .hasSize(3);
    }

    @Test
    void a_relation_is_checked_only_for_a_configured_value() {
        assertThat(problems(Map.of("PARLEY_ENGINE_LEASE", "300s", "PARLEY_ENGINE_TOTAL", "60s")))
                .containsExactly("PARLEY_ENGINE_LEASE (parley.engine.lease) is \"300s\". It must be at most"
                        + " parley.engine.total, which is 60s.");
    }

    @Test
    void relations_in_nested_records_are_checked() {
        assertThat(problems(Map.of("PARLEY_ENGINE_INNER_NUMBER", "5", "PARLEY_ENGINE_INNER_BOUND", "4")))
                .containsExactly("PARLEY_ENGINE_INNER_NUMBER (parley.engine.inner.number) is \"5\". It must be at most"
                        + " parley.engine.inner.bound, which is 4.");
    }

    @Test
    void an_exception_has_all_problems_and_the_analysis_the_remedies() {
        SettingException failure = new SettingException(
                List.of(new SettingProblem("A", "is 1", "Make it 2."), new SettingProblem("B", "is 3", "Make it 4.")));

        FailureAnalysis analysis = new SettingsFailureAnalyzer().analyze(new IllegalStateException(failure), failure);

        assertThat(analysis.getDescription())
                .contains("2 settings cannot be used", "A is 1.", "Make it 2.", "B is 3.", "Make it 4.");
        assertThat(analysis.getAction()).contains("docs/configuration.md");
    }

    @ParameterizedTest
    @CsvSource({
        "sk-abcdefgh, key",
        "AKIA0123456789ABCDEFGHIJ, key",
        "mongodb://ada:p@ss/w0rd@db:27017/parley, //***@db:27017/parley",
        "plain, plain"
    })
    void a_value_is_shown_unless_it_may_be_secret(String value, String expected) {
        assertThat(ShownValue.of(value)).contains(expected).doesNotContain("abcdefgh", "0123456789", "w0rd");
        assertThat(ShownValue.of("OPENAI_API_KEY", value)).doesNotContain(value);
        assertThat(ShownValue.of("a\u001b[31m\u202eb")).doesNotContain("\u001b", "\u202e");
    }

    // ---- names that no record binds

    @ParameterizedTest
    @CsvSource({
        "PARLEY_ENGINE_LEAS, PARLEY_ENGINE_LEASE",
        "PARLEY_ENGIN_LEASE, PARLEY_ENGINE_LEASE",
        "PARLEY_ENGINE_INNER_NUMBERS, PARLEY_ENGINE_INNER_NUMBER",
        "PARLEY_ENGINE_PRICE, PARLEY_ENGINE_PRICES"
    })
    void a_misspelt_variable_is_reported_with_the_most_similar_known_one(String name, String nearest) {
        assertThat(unknown(Map.of(name, "x"), Map.of()))
                .containsExactly("The setting " + name
                        + " is unknown and has no effect. The most similar known setting is " + nearest + ".");
    }

    @Test
    void a_misspelt_property_is_reported_with_the_most_similar_known_one() {
        assertThat(unknown(Map.of(), Map.of("parley.engine.inner.nubmer", "1")))
                .singleElement()
                .asString()
                .endsWith("The most similar known setting is parley.engine.inner.number.");
    }

    @Test
    void a_known_name_is_not_reported_in_any_of_its_forms() {
        assertThat(unknown(
                        Map.of(
                                "PARLEY_ENGINE_LEASE", "1s",
                                "PARLEY_ENGINE_APIKEY", "x",
                                "PARLEY_ENGINE_API_KEY", "x",
                                "PARLEY_ENGINE_PRICES_0", "x",
                                "PARLEY_ENGINE_CHAINS_MATH", "x",
                                "PATH", "x",
                                "PARLEY_AUTH_SECRET", "of another service",
                                "PARLEY_DATA_DIR", "of another service"),
                        Map.of(
                                "parley.engine.api-key", "x",
                                "parley.engine.apiKey", "x",
                                "parley.engine.prices[0]", "x",
                                "parley.engine.chains.math[1]", "x",
                                "parley.gateway.socket.whatever", "of another service",
                                "server.port", "1")))
                .isEmpty();
    }

    // ---- Kafka

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spring.kafka.bootstrap-servers | localhost | SPRING_KAFKA_BOOTSTRAP_SERVERS (spring.kafka.bootstrap-servers) is \"localhost\", which cannot be parsed.",
                "spring.kafka.properties.sasl.jaas.config | nonsense PLANTED | SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG (spring.kafka.properties.sasl.jaas.config) cannot be parsed (the value is not shown).",
                "spring.kafka.ssl.trust-store-location | file:/no/such/store.jks | spring.kafka (SPRING_KAFKA_…) cannot be used"
            })
    void settings_that_no_kafka_client_can_be_created_from_are_reported(String name, String value, String expected) {
        Map<String, Object> properties = new HashMap<>(Map.of(name, value));
        if (name.contains("sasl")) {
            properties.put("spring.kafka.properties.security.protocol", "SASL_PLAINTEXT");
            properties.put("spring.kafka.properties.sasl.mechanism", "PLAIN");
        } else if (name.contains("ssl")) {
            properties.put("spring.kafka.security.protocol", "SSL");
        }
        Problems problems = new Problems(environment(Map.of(), properties));
        new KafkaCheck(environment(Map.of(), properties)).check(problems);

        assertThat(problems.all())
                .singleElement()
                .extracting(SettingProblem::text)
                .asString()
                .startsWith(expected)
                .doesNotContain("PLANTED");
    }

    @Test
    void an_invalid_store_address_is_reported_without_its_password() {
        assertThatThrownBy(() -> Address.ofStore("mongo://ada:PLANTED@db", uri -> {
                    throw new IllegalArgumentException("invalid " + uri);
                }))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("MONGODB_URI is \"mongo://***@db\". It must be an address such as")
                .hasMessageNotContaining("PLANTED")
                .hasNoCause();
    }

    private static List<String> problems(Map<String, String> variables) {
        Problems problems = new Problems(environment(variables, Map.of()));
        try (SettingsBinder binder = new SettingsBinder(environment(variables, Map.of()), problems)) {
            binder.check(PREFIX, Sample.class);
        }
        return problems.all().stream().map(SettingProblem::text).toList();
    }

    private static List<String> unknown(Map<String, String> variables, Map<String, Object> properties) {
        SettingNames known = SettingNames.none();
        known.add(PREFIX, Sample.class);
        return new UnknownSettings(known, Set.of(), Set.of(PREFIX)).in(environment(variables, properties));
    }

    private static StandardEnvironment environment(Map<String, String> variables, Map<String, Object> properties) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new HashMap<>(variables)));
        return environment;
    }
}
