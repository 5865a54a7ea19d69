package dev.parley.standalone;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** The executable jar in a process of its own, started as a user starts it. */
final class StandaloneProcess implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(90);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(30);
    private static final Pattern CHAT_ADDRESS = Pattern.compile("\\s*Chat\\s+(http://\\S+)");
    /** The last line of the banner. */
    private static final String READY = "Ctrl-C";

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Thread reader;

    private StandaloneProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::read);
    }

    /** Starts it without waiting, on a free port unless {@code environment} sets one. */
    static StandaloneProcess spawn(Path workingDir, Map<String, String> environment, String... jvmOptions)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseCompactObjectHeaders", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(jvmOptions));
        command.addAll(List.of("-jar", jar().toString()));
        var builder = new ProcessBuilder(command).directory(workingDir.toFile()).redirectErrorStream(true);
        builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
        builder.environment().putAll(Map.of("SERVER_PORT", "0", "PARLEY_DEFAULT_PROVIDER", "scripted"));
        builder.environment().putAll(environment);
        return new StandaloneProcess(builder.start());
    }

    static StandaloneProcess start(Path workingDir, Map<String, String> environment, String... jvmOptions)
            throws IOException, InterruptedException {
        var started = spawn(workingDir, environment, jvmOptions);
        started.awaitReady();
        return started;
    }

    /** The page's address, as the banner gives it. */
    URI address() {
        return output.stream()
                .map(CHAT_ADDRESS::matcher)
                .filter(java.util.regex.Matcher::matches)
                .map(found -> URI.create(found.group(1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no address in\n" + output()));
    }

    /** What it has written so far; after its end, everything that it wrote. */
    String output() {
        return String.join("\n", output);
    }

    /** Stops it with SIGTERM, which has the effect of Ctrl-C. */
    void terminate() throws InterruptedException {
        process.toHandle().destroy(); // process.destroy() would also close the output
        awaitEnd();
    }

    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(ENDS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still running:\n" + output());
        }
        reader.join();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void awaitReady() throws InterruptedException {
        try {
            CompletableFuture.anyOf(ready, process.onExit()).get(READY_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
            process.destroyForcibly();
        }
        if (!ready.isDone()) {
            reader.join();
            throw new AssertionError("not ready:\n" + output());
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                if (line.contains(READY)) {
                    ready.complete(null);
                }
            }
        } catch (IOException endOfProcess) {
            output.add(endOfProcess.toString());
        }
    }

    static Path jar() {
        try (var built = Files.newDirectoryStream(Path.of("target"), "standalone-*-exec.jar")) {
            for (Path jar : built) {
                return jar.toAbsolutePath();
            }
            throw new IllegalStateException("no executable jar: build it with ./mvnw -pl standalone -am verify");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
