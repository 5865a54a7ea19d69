package dev.parley.providers.selection;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks something that may fail or be late. */
final class Soon {

    private Soon() {}

    /** What the question gives within the time; empty if it fails or is late, and then it is interrupted. */
    static <T> Optional<T> within(Duration time, Callable<T> question) {
        FutureTask<T> answer = new FutureTask<>(question);
        Thread.startVirtualThread(answer);
        try {
            return Optional.of(answer.get(time.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            answer.cancel(true);
        }
    }
}
