package dev.parley.systemtests.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Arguments that start a JVM. */
public final class Jars {

    private static final Map<String, UnpackedJar> UNPACKED = new ConcurrentHashMap<>();

    private Jars() {}

    /**
     * The arguments that start a module's jar.
     *
     * @throws IllegalStateException if the jar was not built
     */
    public static List<String> jar(String module) {
        return List.of("-jar", packed(module).toString());
    }

    /**
     * The arguments that start a service from its unpacked jar, as an image does.
     *
     * @param jvmOptions it is started with
     * @throws IllegalStateException if the jar was not built, or cannot be unpacked
     */
    public static List<String> unpacked(String module, List<String> jvmOptions) {
        UnpackedJar unpacked = UNPACKED.computeIfAbsent(module, _ -> UnpackedJar.of(packed(module), jvmOptions));
        return List.of(
                "-XX:SharedArchiveFile=" + unpacked.archive(),
                "-jar",
                unpacked.jar().toString());
    }

    private static Path packed(String module) {
        String property = "parley.jar." + module;
        String jar = System.getProperty(property);
        if (jar == null || !Files.isRegularFile(Path.of(jar))) {
            throw new IllegalStateException("The jar of " + module + " does not exist (" + property + "=" + jar
                    + "). Build it first: ./mvnw -pl system-tests -am verify");
        }
        return Path.of(jar);
    }

    /** The arguments that start a class from this JVM's own class path. */
    public static List<String> main(Class<?> type) {
        return List.of("-cp", System.getProperty("java.class.path"), type.getName());
    }
}
