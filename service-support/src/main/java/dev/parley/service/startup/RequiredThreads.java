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
 * The threads without which a process is of no use. If one of them ends before it is to end, the process says so in one ERROR, is not ready
 * and not live any more, and ends with status {@value #STATUS}: whoever runs it starts it again, and others take over meanwhile.
 *
 * <p>It is the context's {@link org.springframework.boot.availability.ApplicationAvailability}, because a thread may die before the
 * application has started: Spring then calls the application live and ready all the same, and that must not count any more.
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

    /** Ends nothing: for what is not run as a process of its own. */
    public static RequiredThreads endingNothing() {
        return new RequiredThreads(_ -> {});
    }

    @Override
    public void setApplicationContext(ApplicationContext given) {
        context = given;
    }

    /** What says that the application is live or ready is left out when a required thread has died. */
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
            } catch (Throwable e) { // an Error kills a thread, too
                cause = e;
            } finally {
                if (!mayEnd.getAsBoolean()) {
                    died(name, cause);
                }
            }
        };
    }

    /**
     * A required thread has died. Only the first call counts.
     *
     * @param cause null if it ended without an exception
     */
    public void died(String name, @Nullable Throwable cause) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        LOG.error(
                "The thread {} ended ({}). Nothing works without it, so this process ends with status {}; start it again.",
                name,
                cause == null ? "without an exception" : cause.toString(),
                STATUS,
                cause);
        ApplicationContext of = context;
        if (of != null) {
            AvailabilityChangeEvent.publish(of, ReadinessState.REFUSING_TRAFFIC);
            AvailabilityChangeEvent.publish(of, LivenessState.BROKEN);
        }
        exit.accept(STATUS);
    }
}
