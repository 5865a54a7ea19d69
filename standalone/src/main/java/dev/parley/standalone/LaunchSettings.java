package dev.parley.standalone;

import dev.parley.service.startup.SettingException;
import dev.parley.service.startup.SettingProblem;
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
 * The settings that are needed before the services start: from the command line ({@code --server.port=9000}), system properties and the
 * environment ({@code SERVER_PORT}).
 *
 * @param address that the server listens on
 * @param secret the key that signs tokens, if one is set
 */
record LaunchSettings(Path dataDir, String address, int port, Optional<String> secret) {

    private static final int MAX_PORT = 65_535;

    /** @throws SettingException if {@code server.port} is not a port number */
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
            // reported below, like a number that is out of range
        }
        throw new SettingException(SettingProblem.of(
                "SERVER_PORT (server.port)",
                given,
                "It must be a number from 0 to " + MAX_PORT + "; 0 takes any free port."));
    }

    /**
     * Why Parley cannot start with these settings, and what to do; empty if it can. Checked first, because the broker takes seconds to
     * start.
     */
    Optional<String> refusal() {
        try (var _ = new ServerSocket(port, 1, InetAddress.getByName(address))) {
            return DataFolder.refusal(dataDir);
        } catch (UnknownHostException e) {
            return Optional.of("This machine has no address \"" + address
                    + "\" (SERVER_ADDRESS). Use 127.0.0.1 or an address of this machine.");
        } catch (IOException e) {
            return Optional.of("Port " + port + " of " + address
                    + " is taken. Stop the program that uses it, or choose another port: SERVER_PORT=8090.");
        }
    }

    /** Whether only this machine can reach the server. Only then does it give out tokens without a login. */
    boolean loopbackOnly() {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The properties that the services get from these settings. They override all other sources. */
    Map<String, Object> properties() {
        return Map.of(
                "server.address", address,
                "parley.auth.secret", secret.orElseGet(() -> AuthSecret.of(dataDir)),
                "parley.dev.token-endpoint", loopbackOnly());
    }
}
