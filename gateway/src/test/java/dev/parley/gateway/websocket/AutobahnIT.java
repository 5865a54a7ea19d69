package dev.parley.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Autobahn's test suite against an echo server on the gateway's stack: Tomcat with the same buffers, fragmented messages, no compression. The suite needs
 * 46 MB of Python and takes minutes, so it runs only with a profile:
 *
 * <pre>./mvnw verify -pl gateway -am -Pautobahn -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dit.test=AutobahnIT -Dfailsafe.failIfNoSpecifiedTests=false</pre>
 *
 * <p>{@code -Dparley.autobahn.cases=1.*,5.*} runs only these cases. The cases of compression (12 and 13) are excluded, as the gateway does not offer it.
 */
class AutobahnIT {

    private static final Path FOLDER = Path.of("target/autobahn");
    private static final String AGENT = "parley";
    private static final Set<String> GOOD = Set.of("OK", "NON-STRICT", "INFORMATIONAL");
    private static final String CASES = System.getProperty("parley.autobahn.cases", "*");
    private static final Duration BOUND = Duration.ofMinutes(30);

    /** A class of each jar that the suite needs. */
    private static final List<String> SUITE =
            List.of("me.normanmaurer.maven.autobahntestsuite.AutobahnTestSuite", "org.python.util.jython");

    private static final String SCRIPT = """
            from autobahntestsuite import wstest
            wstest.start({'mode': 'fuzzingclient'}, {
                'options': {'failByDrop': False}, 'outdir': 'report',
                'servers': [{'agent': '%s', 'url': '%s', 'options': {}}],
                'cases': [%s], 'exclude-cases': ['12.*', '13.*'], 'exclude-agent-cases': {}})
            """;

    @Test
    @EnabledIf("hasSuite")
    void no_case_fails() throws Exception {
        Files.createDirectories(FOLDER);
        Path report = FOLDER.resolve("report/index.json");
        Files.deleteIfExists(report);
        try (ConfigurableApplicationContext echo = startEcho()) {
            run("ws://127.0.0.1:" + echo.getEnvironment().getRequiredProperty("local.server.port") + "/echo");
        }
        JsonNode results =
                JsonMapper.shared().readTree(Files.readAllBytes(report)).path(AGENT);
        List<String> failed = new ArrayList<>();
        for (Map.Entry<String, JsonNode> each : results.properties()) {
            String behaviour = each.getValue().path("behavior").asString();
            String atClose = each.getValue().path("behaviorClose").asString();
            if (!GOOD.contains(behaviour) || !GOOD.contains(atClose)) {
                failed.add(each.getKey() + ": " + behaviour + ", at the close " + atClose);
            }
        }
        System.out.printf("Autobahn: %d cases, %d failed%n", results.size(), failed.size());
        assertThat(failed).isEmpty();
        assertThat(results.size()).isPositive();
    }

    /** Runs the suite in a JVM of its own, because Python's package {@code io} conflicts with Java's. */
    private static void run(String url) throws Exception {
        List<String> jars = new ArrayList<>();
        for (String part : SUITE) {
            jars.add(Path.of(Class.forName(part)
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString());
        }
        String cases = Stream.of(CASES.split(",")).map(each -> "'" + each + "'").collect(Collectors.joining(", "));
        Path log = FOLDER.resolve("suite.log").toAbsolutePath();
        Process suite = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        String.join(File.pathSeparator, jars),
                        "org.python.util.jython",
                        "-c",
                        SCRIPT.formatted(AGENT, url, cases))
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(suite.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS))
                    .as("the suite ends")
                    .isTrue();
            assertThat(suite.exitValue()).as("see " + log).isZero();
        } finally {
            suite.destroyForcibly();
        }
    }

    static boolean hasSuite() {
        try {
            for (String part : SUITE) {
                Class.forName(part);
            }
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static ConfigurableApplicationContext startEcho() {
        return new SpringApplication(EchoApplication.class)
                .run("--server.port=0", "--spring.config.name=none", "--spring.threads.virtual.enabled=true");
    }

    /** An application with the gateway's WebSocket settings only. */
    @EnableAutoConfiguration
    @EnableWebSocket
    static class EchoApplication {

        @Bean
        SmallSocketBuffers buffers() {
            return new SmallSocketBuffers();
        }

        @Bean
        ServletServerContainerFactoryBean container() {
            return SmallSocketBuffers.container();
        }

        @Bean
        WebSocketConfigurer sockets() {
            return registry -> registry.addHandler(new Echo(), "/echo")
                    .setHandshakeHandler(new UncompressedHandshakeHandler())
                    .setAllowedOriginPatterns("*");
        }
    }

    /** Assembles the fragments of a message, as the gateway does, and sends it back. */
    private static final class Echo extends AbstractWebSocketHandler {

        private final Map<String, StringBuilder> texts = new ConcurrentHashMap<>();
        private final Map<String, ByteArrayOutputStream> bytes = new ConcurrentHashMap<>();

        @Override
        public boolean supportsPartialMessages() {
            return true;
        }

        @Override
        protected void handleTextMessage(WebSocketSession socket, TextMessage message) throws IOException {
            StringBuilder complete = texts.computeIfAbsent(socket.getId(), _ -> new StringBuilder());
            complete.append(message.getPayload());
            if (message.isLast()) {
                texts.remove(socket.getId());
                socket.sendMessage(new TextMessage(complete));
            }
        }

        @Override
        protected void handleBinaryMessage(WebSocketSession socket, BinaryMessage message) throws IOException {
            ByteArrayOutputStream complete = bytes.computeIfAbsent(socket.getId(), _ -> new ByteArrayOutputStream());
            byte[] part = new byte[message.getPayload().remaining()];
            message.getPayload().get(part);
            complete.writeBytes(part);
            if (message.isLast()) {
                bytes.remove(socket.getId());
                socket.sendMessage(new BinaryMessage(complete.toByteArray()));
            }
        }

        @Override
        public void afterConnectionClosed(WebSocketSession socket, CloseStatus status) {
            texts.remove(socket.getId());
            bytes.remove(socket.getId());
        }
    }
}
