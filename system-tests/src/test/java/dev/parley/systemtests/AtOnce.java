package dev.parley.systemtests;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs several actions that start at the same moment. */
final class AtOnce {

    private AtOnce() {}

    /**
     * Returns when all are done.
     *
     * @return their results, in the order of the actions
     */
    static <T> List<T> all(List<? extends Callable<T>> actions) throws InterruptedException {
        var start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> begun = new ArrayList<>();
            for (Callable<T> action : actions) {
                begun.add(threads.submit(() -> {
                    start.await();
                    return action.call();
                }));
            }
            start.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> each : begun) {
                results.add(each.get());
            }
            return results;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError wrong) {
                throw new AssertionError(wrong.getMessage(), wrong);
            }
            throw new AssertionError(e.getCause());
        }
    }
}
