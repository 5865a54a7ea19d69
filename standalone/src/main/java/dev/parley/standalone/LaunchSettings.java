package dev.parley.standalone;

import dev.parley.schema.startup.SettingException;
import dev.parley.schema.startup.SettingProblem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * What must be known before anything starts: from the command line ({@code --server.port=9000}), system properties and the
 * environment ({@code SERVER_PORT}).
 *
 * @param address where the server listens
 * @param secret the key that tokens are signed with, if it is given
 */
record LaunchSettings(Path dataDir, String address, int port, Optional<String> secret) {

    private static final int MAX_PORT = 65_535;

    /** @throws SettingException if the port is none */
    static LaunchSettings of(String... args) {
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(args));
        ConfigurationPropertySources.attach(environment);
        return of(environment);
    }

    private static LaunchSettings of(Environment environment) {
        return new LaunchSettings(
                Path.of(environment.getProperty("parley.data-dir", "data"))
                        .toAbsolutePath()
                        .normalize(),
                environment.getProperty("server.address", "127.0.0.1"),
                port(environment.getProperty("server.port", "8080")),
                Optional.ofNullable(environment.getProperty("parley.auth.secret"))
                        .filter(secret -> !secret.isBlank()));
    }

    private static int port(String given) {
        try {
            int port = Integer.parseInt(given.strip());
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new SettingException(SettingProblem.of(
                "SERVER_PORT (server.port)",
                given,
                "It must be a number from 0 to " + MAX_PORT + "; 0 takes any free port."));
    }

    /** Why Parley cannot start here, in a sentence for a person. Asked before the broker takes its time to start. */
    Optional<String> refusal() {
        try (var _ = new ServerSocket(port, 1, InetAddress.getByName(address))) {
            return DataFolder.refusal(dataDir);
        } catch (UnknownHostException e) {
            return Optional.of("This machine has no address \"" + address + "\" (SERVER_ADDRESS).");
        } catch (IOException e) {
            return Optional.of("Port " + port + " of " + address
                    + " is taken. Stop the program that has it, or choose another port: SERVER_PORT=8090.");
        }
    }

    /** Nobody but this machine can reach a loopback address, so only there a token is given to whoever asks. */
    boolean loopbackOnly() {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** What follows from these settings for the services, whatever other sources say. */
    Map<String, Object> properties() {
        return Map.of(
                "server.address", address,
                "parley.auth.secret", secret.orElseGet(() -> AuthSecret.keptIn(dataDir)),
                "parley.dev.token-endpoint", loopbackOnly());
    }
}
