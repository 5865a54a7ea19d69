package dev.parley.systemtests.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a JVM is started with. */
public final class Jars {

    private Jars() {}

    /**
     * The arguments that start a module's jar.
     *
     * @throws IllegalStateException if the jar was not built
     */
    public static List<String> jar(String module) {
        String property = "parley.jar." + module;
        String jar = System.getProperty(property);
        if (jar == null || !Files.isRegularFile(Path.of(jar))) {
            throw new IllegalStateException("The jar of " + module + " is not there (" + property + "=" + jar
                    + "). Build it first: ./mvnw -pl system-tests -am verify");
        }
        return List.of("-jar", jar);
    }

    /** The arguments that start a class from this JVM's own class path. */
    public static List<String> main(Class<?> type) {
        return List.of("-cp", System.getProperty("java.class.path"), type.getName());
    }
}
