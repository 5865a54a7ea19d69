package dev.parley.launcher;

import java.lang.reflect.InvocationTargetException;
import java.util.Locale;

/**
 * Checks the version of Java, then starts Spring Boot's launcher. A class that is compiled for a newer Java would end with an
 * {@link UnsupportedClassVersionError} instead of a sentence. The build puts this class at the root of the executable jars.
 */
public final class Launcher {

    /** The version that Parley is compiled for. */
    static final int NEEDED = 25;

    private static final int CANNOT_START = 1;
    private static final String SPRING_BOOT = "org.springframework.boot.loader.launch.JarLauncher";

    private Launcher() {}

    public static void main(String[] args) throws Throwable {
        String found = System.getProperty("java.specification.version", "");
        if (release(found) < NEEDED) {
            System.err.println(refusal(
                    System.getProperty("java.class.path", ""),
                    System.getProperty("java.version", found),
                    System.getProperty("java.home", "")));
            System.exit(CANNOT_START);
        }
        // Before anything else is loaded: digits and the case of letters follow the locale in Spring Boot's launcher,
        // too.
        Locale.setDefault(Locale.ENGLISH);
        try {
            Class.forName(SPRING_BOOT).getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /**
     * One sentence: the jar, what it needs, what was found and where, and what to do.
     *
     * @param jar as it was given to {@code java -jar}
     */
    static String refusal(String jar, String version, String home) {
        return jar + " needs Java " + NEEDED + " or newer, but this is Java " + version + " in " + home
                + ": start it with a JDK " + NEEDED + ", as in /path/to/jdk-" + NEEDED + "/bin/java -jar " + jar + ".";
    }

    /** @param specification the property {@code java.specification.version}: "1.8" up to Java 8, "11" or "25" later */
    static int release(String specification) {
        String number = specification.startsWith("1.") ? specification.substring(2) : specification;
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            return NEEDED;
        }
    }
}
