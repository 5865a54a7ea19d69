package dev.parley.systemtests.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what can only be asked for, because whoever makes it so is another process. */
public final class Eventually {

    private static final Duration ASK_EVERY = Duration.ofMillis(50);

    private Eventually() {}

    /**
     * @param look gives the thing once it is there
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
                throw new AssertionError("not so within " + bound + ": " + what);
            }
            LockSupport.parkNanos(ASK_EVERY.toNanos());
        }
    }
}
