package dev.parley.service.thread;

import java.util.function.BooleanSupplier;

/** Notices when a thread ends on which the process depends. */
@FunctionalInterface
public interface ThreadWatch {

    /**
     * What a watched thread does.
     *
     * @param name of the thread, as it is told
     * @param work the thread dies when it returns or throws
     * @param mayEnd whether that is right now, because the process closes
     */
    Runnable required(String name, Runnable work, BooleanSupplier mayEnd);

    /** Notices nothing. */
    static ThreadWatch none() {
        return (_, work, _) -> work;
    }
}
