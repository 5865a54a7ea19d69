package dev.parley.systemtests.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Waits until something was seen, woken by whoever sees something new; never by the clock but to give up. */
final class Observations {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Makes a change that waiters may be waiting for. */
    void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Looks at what was seen so far. */
    <T> T look(Supplier<T> look) {
        lock.lock();
        try {
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    /**
     * @param look gives the awaited thing once it is there
     * @param what the awaited thing in words, and what was seen instead
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
                    throw new AssertionError(
                            "not seen within " + TimeUnit.NANOSECONDS.toMillis(bound.toNanos()) + " ms: " + what.get());
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
