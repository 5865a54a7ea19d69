package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.auth.AuthSettings;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.auth.TokenVerification;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.schema.command.Priority;
import dev.parley.token.Role;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code parley token}: the verifier of the gateways has to accept its tokens. */
class TokenCommandTest {

    private static final String OF_THE_FOLDER = "a secret that a standalone Parley keeps";
    private static final String OF_THE_ENVIRONMENT = "a secret that the environment has set";

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> set = new ArrayList<>();

    @BeforeEach
    void keep_a_secret() throws IOException {
        Files.writeString(folder.resolve("auth-secret"), OF_THE_FOLDER + "\n");
    }

    @AfterEach
    void unset() {
        set.forEach(System::clearProperty);
    }

    @Test
    void a_token_signed_with_the_secret_of_a_data_folder_is_valid_for_twelve_hours() {
        Caller caller = accepted(token("--user", "ada", "--data-dir", folder.toString()), OF_THE_FOLDER, null, null);

        assertThat(caller.user().value()).isEqualTo("ada");
        assertThat(caller.roles()).containsExactly(Role.USER);
        assertThat(caller.ceiling()).isEqualTo(Priority.MEDIUM);
        assertThat(Duration.between(Instant.now(), caller.expiresAt()))
                .isBetween(Duration.ofHours(12).minusMinutes(1), Duration.ofHours(12));
    }

    @Test
    void the_secret_issuer_and_audience_of_the_gateways_environment_are_used() {
        environment(Map.of(
                "parley.auth.secret", OF_THE_ENVIRONMENT,
                "parley.auth.issuer", "https://issuer",
                "parley.auth.audience", "parley"));

        accepted(token("--user", "ada"), OF_THE_ENVIRONMENT, "https://issuer", "parley");
    }

    @Test
    void a_data_folder_that_is_given_wins_over_the_environment() {
        environment(Map.of("parley.auth.secret", OF_THE_ENVIRONMENT));

        accepted(token("--user", "ada", "--data-dir", folder.toString()), OF_THE_FOLDER, null, null);
    }

    @Test
    void roles_time_and_priority_are_in_the_token() {
        String token = token(
                "--user",
                "ada",
                "--role",
                "auditor",
                "--role",
                "admin",
                "--ttl",
                "30m",
                "--priority",
                "high",
                "--data-dir",
                folder.toString());

        Caller caller = accepted(token, OF_THE_FOLDER, null, null);
        assertThat(caller.roles()).containsExactlyInAnyOrder(Role.values());
        assertThat(caller.ceiling()).isEqualTo(Priority.HIGH);
        assertThat(Duration.between(Instant.now(), caller.expiresAt())).isLessThanOrEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void json_has_the_time_of_expiry() {
        String answer = token("--user", "ada", "--ttl", "1h", "--json", "--data-dir", folder.toString());

        JsonNode json = JsonMapper.shared().readTree(answer);
        Caller caller = accepted(json.path("token").asString(), OF_THE_FOLDER, null, null);
        assertThat(json.path("user_id").asString()).isEqualTo("ada");
        assertThat(Instant.parse(json.path("expires_at").asString())).isEqualTo(caller.expiresAt());
        assertThat(json.path("expires_in_s").asLong()).isEqualTo(3600);
    }

    @ParameterizedTest
    @CsvSource({
        "--role root, none of user",
        "--priority urgent, none of critical",
        "--ttl 0s, more than 0",
        "--ttl 400d, longer than",
        "--ttl soon, Not a time"
    })
    void a_mistake_is_named(String options, String named) {
        List<String> args = new ArrayList<>(List.of("--user", "ada", "--data-dir", folder.toString()));
        args.addAll(List.of(options.split(" ")));

        assertThat(run(args)).isEqualTo(Exit.USAGE);

        assertThat(err.toString()).contains(options.split(" ")[1], named).hasLineCount(2);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void a_secret_that_is_too_short_is_refused_without_being_shown() throws IOException {
        Files.writeString(folder.resolve("auth-secret"), "too short");

        assertThat(run(List.of("--user", "ada", "--data-dir", folder.toString())))
                .isEqualTo(Exit.USAGE);

        assertThat(err.toString()).contains("32").doesNotContain("too short");
    }

    private String token(String... args) {
        assertThat(run(List.of(args))).as(err.toString()).isEqualTo(Exit.OK);
        return out.toString().strip();
    }

    private int run(List<String> args) {
        List<String> all = new ArrayList<>(List.of("token"));
        all.addAll(args);
        return ParleyCli.run(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    }

    /** System properties stand for variables: both are read by the same names. */
    private void environment(Map<String, String> properties) {
        properties.forEach(System::setProperty);
        set.addAll(properties.keySet());
    }

    private static Caller accepted(String token, String secret, @Nullable String issuer, @Nullable String audience) {
        AuthSettings settings = new AuthSettings(secret, null, null, issuer, audience, false, Duration.ofSeconds(5));
        assertThat(new TokenVerifier(settings, Clock.systemUTC()).verify(token))
                .isInstanceOf(TokenVerification.Accepted.class);
        return ((TokenVerification.Accepted) new TokenVerifier(settings, Clock.systemUTC()).verify(token)).caller();
    }
}
