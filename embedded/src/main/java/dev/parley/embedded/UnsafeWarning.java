package dev.parley.embedded;

import java.lang.reflect.Field;

/**
 * Spares a start four lines of warning. The JDK prints them at the first use of a deprecated method of {@code sun.misc.Unsafe}, and Kafka's
 * broker uses one when it closes an index. The JVM option {@code --sun-misc-unsafe-memory-access=allow} does the same, but a program that is
 * started by {@code java -jar} cannot give itself an option.
 */
final class UnsafeWarning {

    private UnsafeWarning() {}

    /** Lets the JDK believe that it has warned. Does nothing where that is not how a JDK keeps it: then it warns. */
    static void suppress() {
        try {
            Field warned = Class.forName("sun.misc.Unsafe").getDeclaredField("memoryAccessWarned");
            warned.setAccessible(true);
            warned.setBoolean(null, true);
        } catch (ReflectiveOperationException | RuntimeException notInThisJdk) {
            // A warning does no harm.
        }
    }
}
