package dev.parley.embedded;

import java.lang.reflect.Field;

/**
 * Suppresses four lines of warning at the start. The JDK prints them at the first use of a deprecated method of {@code sun.misc.Unsafe},
 * and Kafka's broker uses one when it closes an index. The JVM option {@code --sun-misc-unsafe-memory-access=allow} has the same effect,
 * but a program that is started with {@code java -jar} cannot set it.
 */
final class UnsafeWarning {

    private UnsafeWarning() {}

    /** Marks the warning as already printed. Does nothing on a JDK that keeps this mark in another way; then the warning is printed. */
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
