package dev.parley.cli;

import dev.parley.schema.command.Priority;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.WellFormed;
import dev.parley.token.Role;
import dev.parley.token.TokenIssuer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code parley token}. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = {
            "Signs a token for a user with the secret of the gateways: PARLEY_AUTH_SECRET, or the one in the data folder of a standalone"
                    + " Parley. PARLEY_AUTH_ISSUER and PARLEY_AUTH_AUDIENCE go into the token.",
            "Prints the token and nothing else. Needs neither Kafka nor the store."
        })
final class TokenCommand implements Callable<Integer> {

    private static final String SECRET_FILE = "auth-secret";
    private static final Duration MAX_LIFE = Duration.ofDays(366);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--user", required = true, description = "the user of the token: its claim sub")
    private String user = "";

    @Option(names = "--role", paramLabel = "ROLE", description = "user (always), auditor, admin; may be repeated")
    private List<String> roles = new ArrayList<>();

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            defaultValue = "12h",
            description = "how long it is valid, such as 30m, 12h, 7d; default: 12h, at most 366d")
    private String ttl = "";

    @Option(
            names = "--priority",
            paramLabel = "PRIORITY",
            description =
                    "the most urgent priority that its messages may ask for: critical, high, medium (default), low")
    private @Nullable String priority;

    @Option(
            names = "--data-dir",
            paramLabel = "FOLDER",
            description =
                    "data folder of a standalone Parley, whose secret is used; default: ./data if PARLEY_AUTH_SECRET is not set")
    private @Nullable Path dataDir;

    @Option(names = "--json", description = "output in JSON: token, user_id, expires_at, expires_in_s")
    private boolean json;

    @Override
    public Integer call() {
        StandardEnvironment environment = new StandardEnvironment();
        ConfigurationPropertySources.attach(environment);
        TokenIssuer issuer = issuer(environment);
        Duration life = life();
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String token = issuer.issue(userId(), allowed(), ceiling(), now, life);
        PrintWriter out = spec.commandLine().getOut();
        Signed signed = new Signed(token, user, now.plus(life), life.toSeconds());
        out.println(json ? FrameCodec.mapper().writeValueAsString(signed) : token);
        out.flush();
        return Exit.OK;
    }

    private TokenIssuer issuer(StandardEnvironment environment) {
        try {
            return new TokenIssuer(
                    secret(environment),
                    setting(environment, "parley.auth.issuer"),
                    setting(environment, "parley.auth.audience"));
        } catch (IllegalArgumentException e) {
            throw usageError("The secret cannot be used: " + e.getMessage());
        }
    }

    /** Null if it is not set or blank, as for the gateways. */
    private static @Nullable String setting(StandardEnvironment environment, String name) {
        String value = environment.getProperty(name, "");
        return value.isBlank() ? null : value;
    }

    private String secret(StandardEnvironment environment) {
        DataFolder folder = DataFolder.of(dataDir);
        String set = environment.getProperty("parley.auth.secret", "");
        if (!set.isBlank() && !folder.given()) {
            return set;
        }
        return folder.text(spec, SECRET_FILE)
                .orElseThrow(() -> usageError(
                        "There is no secret to sign with: PARLEY_AUTH_SECRET is not set, and there is no file "
                                + folder.path().resolve(SECRET_FILE)
                                + ". Set PARLEY_AUTH_SECRET to the secret of the gateways, or give the data folder of a standalone Parley with"
                                + " --data-dir."));
    }

    private UserId userId() {
        try {
            UserId id = new UserId(user);
            if (WellFormed.of(user).equals(user)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw usageError("--user " + user + " is not a user id: " + e.getMessage());
        }
        throw usageError("--user is not well-formed text");
    }

    private Set<Role> allowed() {
        Set<Role> allowed = EnumSet.of(Role.USER);
        for (String name : roles) {
            allowed.add(
                    Role.of(name).orElseThrow(() -> usageError("--role " + name + " is none of user, auditor, admin")));
        }
        return allowed;
    }

    private @Nullable Priority ceiling() {
        String name = priority;
        if (name == null) {
            return null;
        }
        return Stream.of(Priority.values())
                .filter(known -> known.wireName().equals(name))
                .findFirst()
                .orElseThrow(() -> usageError("--priority " + name + " is none of critical, high, medium, low"));
    }

    private Duration life() {
        Duration life = Arguments.positiveDuration(spec, ttl);
        if (life.compareTo(MAX_LIFE) > 0) {
            throw usageError("--ttl " + ttl + " is longer than " + MAX_LIFE.toDays() + "d");
        }
        return life;
    }

    private CommandLine.ParameterException usageError(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    /** The same fields as the response of the gateway's endpoint for development. */
    record Signed(String token, String userId, Instant expiresAt, long expiresInS) {}
}
