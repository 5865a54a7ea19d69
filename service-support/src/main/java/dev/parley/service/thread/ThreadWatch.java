package dev.parley.service.thread;

import java.util.function.BooleanSupplier;

/** Detects the unexpected end of a thread that the process depends on. */
@FunctionalInterface
public interface ThreadWatch {

    /**
     * Wraps the work of a watched thread.
     *
     * @param name of the thread, for the log
     * @param work the thread ends when it returns or throws
     * @param mayEnd whether the end is expected, because the process is closing
     */
    Runnable required(String name, Runnable work, BooleanSupplier mayEnd);

    /** Watches nothing. */
    static ThreadWatch none() {
        return (_, work, _) -> work;
    }
}
