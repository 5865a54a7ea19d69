package dev.parley.systemtests.setup;

import dev.parley.systemtests.client.Tokens;
import dev.parley.systemtests.process.Eventually;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The containers of {@code docker-compose.yml}, with its ports and limits. Closing it deletes them and their data. */
public final class Compose implements AutoCloseable {

    /** The gateways, in the order of the file. */
    public static final List<String> SERVICES = List.of("gateway-1", "gateway-2", "worker-1", "worker-2", "projection");

    public static final List<URI> GATEWAYS =
            List.of(URI.create("ws://127.0.0.1:8080"), URI.create("ws://127.0.0.1:8090"));

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String PROJECT = "parley-load";
    private static final Duration COMMAND = Duration.ofMinutes(15);
    private static final Duration HEALTHY = Duration.ofMinutes(3);

    private final List<String> compose;

    private Compose(List<String> compose) {
        this.compose = compose;
    }

    /**
     * Builds missing images, starts all containers, and returns when every one is healthy.
     *
     * @throws IllegalStateException if there is no Docker engine, or no Compose
     */
    public static Compose up() {
        List<String> command = tool();
        var started = new Compose(command);
        try {
            started.compose("up", "-d");
            SERVICES.forEach(started::awaitHealthy);
            return started;
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    /** Compose as a plugin of {@code docker}, or as a program of its own. */
    private static List<String> tool() {
        for (List<String> tool : List.of(List.of("docker", "compose"), List.of("docker-compose"))) {
            if (run(with(tool, "version")).status() == 0) {
                return tool;
            }
        }
        throw new IllegalStateException("docker compose is not installed, and this test runs docker-compose.yml");
    }

    private void awaitHealthy(String service) {
        Eventually.await(
                service + " is healthy",
                HEALTHY,
                () -> Optional.of(inspect(service, "{{.State.Health.Status}}")).filter("healthy"::equals));
    }

    /** How often Docker has restarted the container of a service. */
    public int restarts(String service) {
        return Integer.parseInt(inspect(service, "{{.RestartCount}}"));
    }

    /** Whether the kernel has killed it for its use of memory. */
    public boolean wasKilledForMemory(String service) {
        return Boolean.parseBoolean(inspect(service, "{{.State.OOMKilled}}"));
    }

    /** The highest use of memory, and the limit, in MiB. */
    public String memory(String service) {
        String limit = inspect(service, "{{.HostConfig.Memory}}");
        String peak = must(List.of("docker", "exec", container(service), "grep", "VmHWM", "/proc/1/status"));
        return service + " " + Long.parseLong(peak.replaceAll("\\D", "")) / 1_024 + " of "
                + Long.parseLong(limit) / 1_024 / 1_024 + " MiB";
    }

    /** Kills its process, as a crash would. Docker starts it again. */
    public void kill(String service) {
        must(List.of("docker", "exec", "--user", "root", container(service), "bash", "-c", "kill -9 1 || true"));
    }

    /** Kills its container. Docker does not start it again. */
    public void end(String service) {
        compose("kill", service);
    }

    public void start(String service) {
        compose("up", "-d", service);
    }

    /** The last lines of a service's output. */
    public String log(String service) {
        return run(with(compose, "-p", PROJECT, "logs", "--tail", "40", service))
                .output();
    }

    private String inspect(String service, String format) {
        return must(List.of("docker", "inspect", "--format", format, container(service)));
    }

    private String container(String service) {
        return compose("ps", "-q", service);
    }

    private String compose(String... arguments) {
        List<String> command = new ArrayList<>(with(compose, "-p", PROJECT));
        command.addAll(List.of(arguments));
        return must(command);
    }

    private static List<String> with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }

    private static String must(List<String> command) {
        Result result = run(command);
        if (result.status() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ":\n" + result.output());
        }
        return result.output().strip();
    }

    private record Result(int status, String output) {}

    private static Result run(List<String> command) {
        var builder = new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true);
        builder.environment().put("PARLEY_AUTH_SECRET", Tokens.SECRET);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Result(-1, output);
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            return new Result(-1, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        run(with(compose, "-p", PROJECT, "down", "-v", "--timeout", "5"));
    }
}
