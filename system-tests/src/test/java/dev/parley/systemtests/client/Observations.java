package dev.parley.systemtests.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Lets threads wait for an observation. They are woken by each change, and by the clock only to give up. */
final class Observations {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Makes a change and wakes the waiting threads. */
    void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Reads what was observed so far. */
    <T> T look(Supplier<T> look) {
        lock.lock();
        try {
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    /**
     * @param look returns the awaited value once it is there
     * @param what describes the awaited value, and what was observed instead
     * @throws AssertionError if it is not there in time
     */
    <T> T await(Supplier<String> what, Duration bound, Supplier<Optional<T>> look) throws InterruptedException {
        lock.lock();
        try {
            long left = bound.toNanos();
            while (true) {
                Optional<T> found = look.get();
                if (found.isPresent()) {
                    return found.get();
                }
                if (left <= 0) {
                    throw new AssertionError("not observed within " + TimeUnit.NANOSECONDS.toMillis(bound.toNanos())
                            + " ms: " + what.get());
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
