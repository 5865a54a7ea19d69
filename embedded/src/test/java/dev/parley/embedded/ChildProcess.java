package dev.parley.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@link EmbeddedMain} in a process of its own. */
record ChildProcess(Process process, String address) implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("\\{\"[a-z_]+\":\"([^\"]+)\"}");
    private static final int END_WITHIN_S = 30;

    /** Returns when the child has printed its address. */
    static ChildProcess start(String what, Path folder, String... more) throws IOException {
        var process = spawn(what, folder, more);
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            var ready = READY.matcher(line == null ? "" : line);
            if (!ready.matches()) {
                process.destroyForcibly();
                throw new AssertionError("Not ready, but: " + line);
            }
            return new ChildProcess(process, ready.group(1));
        }
    }

    static Process spawn(String what, Path folder, String... more) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = Stream.concat(
                Stream.of(
                        java,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EmbeddedMain.class.getName(),
                        what,
                        folder.toString()),
                Stream.of(more));
        return new ProcessBuilder(command.toList())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Sends SIGKILL: the process cannot do anything more. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Sends SIGTERM: the process shuts down cleanly. */
    void terminate() throws InterruptedException {
        process.destroy();
        awaitEnd();
    }

    private void awaitEnd() throws InterruptedException {
        if (!process.waitFor(END_WITHIN_S, TimeUnit.SECONDS)) {
            throw new AssertionError("Still running after " + END_WITHIN_S + " s: " + List.of(process.info()));
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
