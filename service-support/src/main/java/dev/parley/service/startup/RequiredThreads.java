package dev.parley.service.startup;

import dev.parley.service.thread.ThreadWatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;

/**
 * The threads without which a process cannot work. If one of them ends unexpectedly, the process logs one ERROR, is neither ready nor live any
 * more, and exits with status {@value #STATUS}, so that a supervisor can start it again.
 *
 * <p>It is the context's {@link org.springframework.boot.availability.ApplicationAvailability}, because a thread may end before the
 * application has started. Spring would report the application as live and ready after its start all the same.
 */
public final class RequiredThreads extends ApplicationAvailabilityBean implements ApplicationContextAware, ThreadWatch {

    /** {@code EX_SOFTWARE} */
    public static final int STATUS = 70;

    private static final Logger LOG = LoggerFactory.getLogger(RequiredThreads.class);

    private final IntConsumer exit;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable ApplicationContext context;

    /** Ends this process. */
    public RequiredThreads() {
        this(ProcessEnd::soon);
    }

    /** @param exit is given the status once, when the first thread has died */
    public RequiredThreads(IntConsumer exit) {
        this.exit = exit;
    }

    /** Does not end the process: for tests and tools. */
    public static RequiredThreads endingNothing() {
        return new RequiredThreads(_ -> {});
    }

    @Override
    public void setApplicationContext(ApplicationContext given) {
        context = given;
    }

    /** Ignores events that report the application as live or ready once a required thread has died. */
    @Override
    public synchronized void onApplicationEvent(AvailabilityChangeEvent<?> event) {
        AvailabilityState state = event.getState();
        boolean isGood = state == ReadinessState.ACCEPTING_TRAFFIC || state == LivenessState.CORRECT;
        if (!isGood || !ended.get()) {
            super.onApplicationEvent(event);
        }
    }

    /** {@inheritDoc} */
    @Override
    public Runnable required(String name, Runnable work, BooleanSupplier mayEnd) {
        return () -> {
            @Nullable Throwable cause = null;
            try {
                work.run();
            } catch (Throwable e) { // an Error ends a thread, too
                cause = e;
            } finally {
                if (!mayEnd.getAsBoolean()) {
                    died(name, cause);
                }
            }
        };
    }

    /**
     * Reports that a required thread has ended. Only the first call has an effect.
     *
     * @param cause null if it ended without an exception
     */
    public void died(String name, @Nullable Throwable cause) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        LOG.error(
                "Thread {} ended unexpectedly ({}). This process cannot work without it and exits with status {}; start it again",
                name,
                cause == null ? "without an exception" : cause.toString(),
                STATUS,
                cause);
        ApplicationContext current = context;
        if (current != null) {
            AvailabilityChangeEvent.publish(current, ReadinessState.REFUSING_TRAFFIC);
            AvailabilityChangeEvent.publish(current, LivenessState.BROKEN);
        }
        exit.accept(STATUS);
    }
}
