package dev.parley.systemtests.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An executable jar, unpacked with Spring Boot's own tool, with an archive of the classes that its start loads; a start then takes a
 * third to a half of the work. Made once for each jar. The archive works for JVMs with the options that it was made with; others ignore
 * it. It is written by a JVM that does not run the service: a JVM that does ({@code -XX:ArchiveClassesAtExit}) crashes now and then, when one of
 * its threads uses a lambda for the first time at that moment.
 *
 * @param folder of the jar, its libraries and the archive
 * @param name of the jar
 */
record UnpackedJar(Path folder, String name) {

    private static final int BOUND_S = 120;

    /** Settings without which a service does not start. The training run ends before the service does anything. */
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PARLEY_AUTH_SECRET", "only-for-the-start-whose-classes-are-archived", "SERVER_PORT", "0");

    /**
     * Unpacks it, if that has not been done.
     *
     * @param packed the executable jar
     * @param jvmOptions of the JVMs that will use the archive
     */
    static UnpackedJar of(Path packed, List<String> jvmOptions) {
        try {
            String version =
                    Files.size(packed) + "-" + Files.getLastModifiedTime(packed).toMillis();
            String name = String.valueOf(packed.getFileName());
            Path folder = Path.of("target/unpacked").toAbsolutePath().resolve(name + "-" + version);
            var unpacked = new UnpackedJar(folder, name);
            if (!Files.exists(unpacked.archive())) {
                unpacked.make(packed, jvmOptions);
            }
            return unpacked;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path jar() {
        return folder.resolve(name);
    }

    /** Makes the archive of class data (CDS). */
    Path archive() {
        return folder.resolve("classes.jsa");
    }

    private void make(Path packed, List<String> jvmOptions) throws IOException {
        run(List.of(
                "-Djarmode=tools",
                "-jar",
                packed.toString(),
                "extract",
                "--force",
                "--destination",
                folder.toString()));
        Path classes = folder.resolve("classes.lst");
        run(jvmOptions, "-Dspring.context.exit=onRefresh", "-XX:DumpLoadedClassList=" + classes);
        Path half = folder.resolve("half.jsa");
        run(jvmOptions, "-Xshare:dump", "-XX:SharedClassListFile=" + classes, "-XX:SharedArchiveFile=" + half);
        Files.move(half, archive());
    }

    private void run(List<String> jvmOptions, String... more) throws IOException {
        run(Stream.of(jvmOptions, List.of(more), List.of("-jar", jar().toString()))
                .flatMap(List::stream)
                .toList());
    }

    private static void run(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        Path out = Files.createTempFile("parley-unpack", ".log");
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
            builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
            builder.environment().putAll(ENVIRONMENT);
            Process process = builder.start();
            if (!process.waitFor(BOUND_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " failed:\n" + Files.readString(out));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            Files.delete(out);
        }
    }
}
