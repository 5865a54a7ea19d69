package dev.parley.systemtests.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A JVM process, the same JDK as this one. When it has ended, it can be started again with the same arguments. Its output goes to {@code
 * <name>.log} in the folder.
 */
public final class Node implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(150);
    private static final Duration DEAD_WITHIN = Duration.ofSeconds(10);
    private static final int PROBE_EVERY_MS = 50;

    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private final Probe probe;
    private @Nullable Process process;
    private long logStart;

    /**
     * @param jvmOptions such as the heap's limit
     * @param start what to run, see {@link Jars}, and its arguments
     * @param environment the whole environment: of this JVM's own only {@code PATH} and {@code HOME} reach the process
     */
    public Node(
            String name,
            Path folder,
            List<String> jvmOptions,
            List<String> start,
            Map<String, String> environment,
            Probe probe) {
        this.name = name;
        this.command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(start);
        this.environment = new HashMap<>(environment);
        this.log = folder.resolve(name + ".log");
        this.probe = probe;
    }

    public String name() {
        return name;
    }

    /** Adds variables to its environment, from its next start on. */
    public void set(Map<String, String> more) {
        environment.putAll(more);
    }

    /** Removes variables from its environment, from its next start on. */
    public void unset(String name) {
        environment.remove(name);
    }

    public long pid() {
        return running().pid();
    }

    /** Starts it without waiting. */
    public void start() {
        if (isAlive()) {
            throw new IllegalStateException(name + " is running already");
        }
        try {
            logStart = Files.exists(log) ? Files.size(log) : 0;
            var builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(log.toFile()));
            builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
            builder.environment().putAll(environment);
            process = builder.start();
            Watchdog.ofThisJvm().watch(process.toHandle());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    /** @throws AssertionError with the end of its log if it ends or is not ready in time */
    public void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!probe.isReady(logSinceStart())) {
            if (running().waitFor(PROBE_EVERY_MS, TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        name + " ended with status " + running().exitValue() + ":\n" + logTail(60));
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        name + " is not ready after " + READY_WITHIN.toSeconds() + " s:\n" + logTail(60));
            }
        }
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        running().destroyForcibly();
        awaitGone(DEAD_WITHIN);
    }

    /** SIGTERM, without waiting for the end. */
    public void askToLeave() {
        running().toHandle().destroy();
    }

    /**
     * SIGTERM, and waits for the end.
     *
     * @throws AssertionError if it takes longer
     */
    public void terminate(Duration within) throws InterruptedException {
        terminateAll(List.of(this), within);
    }

    /** @throws AssertionError if it is still running then */
    public void awaitGone(Duration within) throws InterruptedException {
        if (!running().waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(name + " is still running after " + within + ":\n" + logTail(60));
        }
        Watchdog.ofThisJvm().forget(running().toHandle());
    }

    /** SIGTERM to all of them at once. */
    public static void terminateAll(List<Node> nodes, Duration within) throws InterruptedException {
        nodes.forEach(Node::askToLeave);
        for (Node node : nodes) {
            node.awaitGone(within);
        }
    }

    /** SIGSTOP: pauses it until {@link #resume}. */
    public void pause() throws InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() throws InterruptedException {
        signal("CONT");
    }

    /** The last lines of its output. */
    public String logTail(int lines) {
        List<String> all = logSinceStart().lines().toList();
        return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    public String logSinceStart() {
        try {
            byte[] all = Files.exists(log) ? Files.readAllBytes(log) : new byte[0];
            int from = (int) Math.min(logStart, all.length);
            return new String(all, from, all.length - from, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
            Watchdog.ofThisJvm().forget(process.toHandle());
        }
    }

    private void signal(String signal) throws InterruptedException {
        try {
            int status = new ProcessBuilder(
                            "kill", "-" + signal, Long.toString(running().pid()))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new AssertionError("cannot send SIG" + signal + " to " + name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return process;
    }
}
