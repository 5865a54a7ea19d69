package dev.parley.gateway.testkit;

import dev.parley.embedded.testing.Backends;
import dev.parley.gateway.GatewayApplication;
import dev.parley.gateway.history.ProjectionCatchUp;
import dev.parley.gateway.tail.LogTail;
import dev.parley.schema.command.Priority;
import dev.parley.schema.id.UserId;
import dev.parley.token.Role;
import dev.parley.token.TokenIssuer;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** A real gateway in this process, on a port of its own. */
public final class GatewayNode implements AutoCloseable {

    /** An origin in {@code parley.allowed-origins}. */
    public static final String LISTED_ORIGIN = "https://chat.example.org";

    public static final String SECRET = "a secret of the tests, long enough for HS256";

    private static @Nullable GatewayNode shared;

    private final ConfigurableApplicationContext context;
    private final TokenIssuer issuer = new TokenIssuer(SECRET, null, null);

    private GatewayNode(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** The node of all tests that need no settings of their own. */
    public static synchronized GatewayNode shared(Backends backends) {
        if (shared == null) {
            shared = start(backends, Map.of());
        }
        return shared;
    }

    public static GatewayNode start(Backends backends, Map<String, Object> settings) {
        Projected.everything(backends);
        GatewayNode node = startCold(backends, settings);
        Await.until("the gateway is warm", () -> node.bean(LogTail.class).isWarm());
        Await.until(
                "the gateway knows that MongoDB has everything",
                () -> !node.bean(ProjectionCatchUp.class).isBehind(new UserId("anybody")));
        return node;
    }

    /** As {@link #start}, without waiting until the log is read: Kafka may be down. */
    public static GatewayNode startCold(Backends backends, Map<String, Object> settings) {
        return startCold(backends, settings, _ -> {});
    }

    /** @param before gets the context before its beans are created */
    public static GatewayNode startCold(
            Backends backends,
            Map<String, Object> settings,
            ApplicationContextInitializer<ConfigurableApplicationContext> before) {
        Map<String, Object> all = new HashMap<>();
        all.put("spring.config.name", "gateway,application");
        all.put("spring.kafka.bootstrap-servers", backends.bootstrapServers());
        all.put("spring.kafka.consumer.fetch-max-wait", "50ms"); // a tail waits that long when it is closed
        all.put("spring.main.banner-mode", "off");
        all.put("mongodb.uri", backends.mongoUri());
        all.put("parley.topics.partitions", "4");
        all.put("parley.auth.secret", SECRET);
        all.put("parley.allowed-origins", LISTED_ORIGIN);
        all.put("parley.dev.token-endpoint", "true");
        all.put("management.server.port", "0");
        all.put("server.port", "0");
        all.put("logging.level.root", "warn");
        all.put("logging.level.org.apache.kafka", "error");
        all.put("logging.level.kafka", "error");
        all.putAll(settings);
        SpringApplication application = new SpringApplication(GatewayApplication.class);
        application.addInitializers(before);
        String[] args = all.entrySet().stream()
                .map(each -> "--" + each.getKey() + "=" + each.getValue())
                .toArray(String[]::new);
        return new GatewayNode(application.run(args));
    }

    public String token(String user) {
        return token(user, Duration.ofHours(1));
    }

    public String token(String user, Duration life) {
        return issuer.issue(new UserId(user), Set.of(Role.USER), Priority.HIGH, Instant.now(), life);
    }

    public String token(String user, Role role) {
        return issuer.issue(new UserId(user), Set.of(role), Priority.HIGH, Instant.now(), Duration.ofHours(1));
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public URI socketUri(String query) {
        return URI.create("ws://127.0.0.1:" + port() + "/api/ws" + query);
    }

    public int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    public int managementPort() {
        return context.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** The sum of the counters of this name whose tag has this value. */
    public double count(String name, String tag, String value) {
        return bean(MeterRegistry.class).find(name).tag(tag, value).counters().stream()
                .mapToDouble(io.micrometer.core.instrument.Counter::count)
                .sum();
    }

    /** Stops the node as SIGTERM does. */
    @Override
    public void close() {
        context.close();
    }
}
