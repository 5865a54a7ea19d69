package dev.parley.engine;

import dev.parley.engine.kafka.Worker;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the worker with the application, and closes it before the web server and, if it is in the same process, the broker stop.
 */
public final class EngineLifecycle implements SmartLifecycle {
    /** Higher phases stop first. */
    public static final int PHASE = DEFAULT_PHASE;

    private final Worker worker;
    private final Duration drainTimeout;
    private volatile boolean running;

    EngineLifecycle(Worker worker, Duration drainTimeout) {
        this.worker = worker;
        this.drainTimeout = drainTimeout;
    }

    @Override
    public void start() {
        running = true;
        worker.start();
    }

    @Override
    public void stop() {
        running = false;
        try {
            worker.close(drainTimeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
