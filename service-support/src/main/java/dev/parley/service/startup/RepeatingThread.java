package dev.parley.service.startup;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a task repeatedly on a thread of its own. If the task throws an exception, it is logged, and the task runs again after the next pause.
 * The thread is required ({@link RequiredThreads}): an {@code Error} ends the process. Thread-safe.
 */
public final class RepeatingThread implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RepeatingThread.class);

    private final String name;
    private final Duration pause;
    private final Runnable task;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    private RepeatingThread(String name, Duration pause, Runnable task, RequiredThreads required) {
        this.name = name;
        this.pause = pause;
        this.task = task;
        this.thread = Thread.ofPlatform()
                .name(name)
                .daemon()
                .unstarted(required.required(name, this::run, () -> closed.getCount() == 0));
    }

    /** @param pause before each run, including the first */
    public static RepeatingThread start(String name, Duration pause, Runnable task, RequiredThreads required) {
        RepeatingThread repeating = new RepeatingThread(name, pause, task, required);
        repeating.thread.start();
        return repeating;
    }

    private void run() {
        try {
            while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                runOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void runOnce() {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.warn("{} failed; trying again in {} ms", name, pause.toMillis(), e);
        }
    }

    /** Stops the repetition. Returns at once; a run that has begun goes on to its end. */
    @Override
    public void close() {
        closed.countDown();
    }

    /** To be called after {@link #close}. @return whether the thread has ended */
    public boolean awaitEnd(Duration most) throws InterruptedException {
        return thread.join(most);
    }
}
