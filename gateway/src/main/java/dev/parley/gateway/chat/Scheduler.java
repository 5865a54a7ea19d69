package dev.parley.gateway.chat;

import java.time.Duration;

/** Runs tasks later, on another thread. */
public interface Scheduler {

    /** @param task must not block */
    void schedule(Runnable task, Duration delay);
}
