package dev.parley.providers.call;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A call on a virtual thread of its own, for which its caller waits no longer than a limit. The caller is free at that moment whatever
 * the call does. Closing it interrupts the call if it is still running.
 */
public final class TimedCall<T> implements AutoCloseable {

    private final FutureTask<T> task;
    private final TimeLimit limit;

    private TimedCall(Callable<T> call, TimeLimit limit) {
        this.task = new FutureTask<>(call);
        this.limit = limit;
    }

    /** @param thread the name of the call's thread */
    public static <T> TimedCall<T> start(String thread, TimeLimit limit, Callable<T> call) {
        TimedCall<T> started = new TimedCall<>(call, limit);
        Thread.ofVirtual().name(thread).start(started.task);
        return started;
    }

    /**
     * Waits for the result. May be called again after a {@link TimeoutException}, which does not end the call.
     *
     * @throws TimeoutException if time was up before
     * @throws ExecutionException if the call failed; its cause is what the call threw
     * @throws CancellationException if the call was closed
     */
    public T await() throws InterruptedException, ExecutionException, TimeoutException {
        while (!limit.isLifted()) {
            long left = limit.nanosLeft();
            try {
                return task.get(left, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                // the limit may have begun again meanwhile, or been lifted
                if (left <= 0) {
                    throw e;
                }
            }
        }
        return task.get();
    }

    /** Waits for the result and closes the call. Empty if the call failed, was closed or was late, and if the caller is interrupted. */
    public Optional<T> resultInTime() {
        try (this) {
            return Optional.of(await());
        } catch (ExecutionException | TimeoutException | CancellationException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    public Future.State state() {
        return task.state();
    }

    @Override
    public void close() {
        task.cancel(true);
    }
}
