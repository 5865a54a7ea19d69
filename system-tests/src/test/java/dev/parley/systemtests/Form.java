package dev.parley.systemtests;

import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The size of a scenario: the short form in every build, the long one with {@code -Pfaults} or {@code -Psoak}. Each number can be set
 * separately with {@code -Dparley.faults.<name>=}.
 */
final class Form {

    private static final String PREFIX = "parley.faults.";

    private Form() {}

    static boolean isLong() {
        return Boolean.getBoolean("parley.faults");
    }

    static int size(String name, int shortForm, int longForm) {
        return Integer.getInteger(PREFIX + name, isLong() ? longForm : shortForm);
    }

    /** Chooses users, message ids, victims and moments. */
    static long seed() {
        return Long.getLong("parley.seed", 1);
    }

    /** The numbers of the rounds, for tests that are repeated. */
    static IntStream rounds() {
        return IntStream.rangeClosed(1, size("repeats", 1, 3));
    }

    /** The group protocols that the workers use. */
    static Stream<String> protocols() {
        String all = System.getProperty(PREFIX + "protocols", isLong() ? "consumer,classic" : "consumer");
        return Stream.of(all.split(","));
    }
}
