package dev.parley.launcher;

import java.lang.reflect.InvocationTargetException;
import java.util.Locale;

/**
 * Checks the version of Java, then starts Spring Boot's launcher. On an older Java, a class that is compiled for 25 would fail with an
 * {@link UnsupportedClassVersionError}; this class prints what to do instead. The build puts it at the root of the executable jars.
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
        // Before any other class is loaded: Spring Boot's launcher formats digits and changes case by the default
        // locale.
        Locale.setDefault(Locale.ENGLISH);
        try {
            Class.forName(SPRING_BOOT).getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /**
     * One sentence: the jar, the version that it needs, the version and home that were found, and what to do.
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
