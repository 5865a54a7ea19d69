package dev.parley.service.startup;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does something again and again on a thread of its own, which is a required one ({@link RequiredThreads}): what fails with an exception is
 * logged and done again after the next pause, an {@code Error} ends the process. Thread-safe.
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

    /** @param pause before each time, the first one too */
    public static RepeatingThread start(String name, Duration pause, Runnable task, RequiredThreads required) {
        RepeatingThread repeating = new RepeatingThread(name, pause, task, required);
        repeating.thread.start();
        return repeating;
    }

    private void run() {
        try {
            while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                once();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void once() {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.warn("{} failed, and is tried again in {} ms", name, pause.toMillis(), e);
        }
    }

    /** Does it no more. Returns at once; what is being done now may go on. */
    @Override
    public void close() {
        closed.countDown();
    }

    /** After {@link #close}. @return whether what was being done is over */
    public boolean awaitEnd(Duration most) throws InterruptedException {
        return thread.join(most);
    }
}
