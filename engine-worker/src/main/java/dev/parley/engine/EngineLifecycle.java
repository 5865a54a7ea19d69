package dev.parley.engine;

import dev.parley.engine.kafka.Worker;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the worker with the application, and has it leave in good order before the web server and, in one process, the broker go.
 */
public final class EngineLifecycle implements SmartLifecycle {
    /** Before everything with the default phase or below it stops. */
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
