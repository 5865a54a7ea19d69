package dev.parley.systemtests.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits by polling, for changes that another process makes. */
public final class Eventually {

    private static final Duration ASK_EVERY = Duration.ofMillis(50);

    private Eventually() {}

    /**
     * @param look returns the value once it is there
     * @throws AssertionError if it is not there in time
     */
    public static <T> T await(String what, Duration bound, Supplier<Optional<T>> look) {
        long deadline = System.nanoTime() + bound.toNanos();
        while (true) {
            Optional<T> found = look.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + bound + ": " + what);
            }
            LockSupport.parkNanos(ASK_EVERY.toNanos());
        }
    }
}
