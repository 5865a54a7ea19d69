package dev.parley.systemtests;

import dev.parley.systemtests.process.Jars;
import dev.parley.systemtests.setup.Parley;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command-line tool, run as a process of its own. */
final class Tool {

    private static final int BOUND_S = 90;

    private Tool() {}

    /** The exit code and the standard output. */
    record Ran(int code, String out) {}

    static Ran run(Parley parley, String... args) throws InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(Jars.jar("cli"));
        command.addAll(List.of(args));
        command.addAll(List.of("--json", "--bootstrap-servers", parley.bootstrapServers()));
        command.addAll(List.of("--mongo-uri", parley.mongoUri()));
        try {
            Path out = Files.createTempFile("parley", ".out");
            Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(BOUND_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(List.of(args) + " has not ended after " + BOUND_S + " s");
            }
            String text = Files.readString(out, StandardCharsets.UTF_8);
            Files.delete(out);
            return new Ran(process.exitValue(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
