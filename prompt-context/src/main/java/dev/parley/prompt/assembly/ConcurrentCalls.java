package dev.parley.prompt.assembly;

import dev.parley.prompt.assembly.TimeBudget.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * The parts of one prompt, which are gathered at the same time, each within its own time budget. A part that fails does not affect the
 * others. Closing it cancels the parts that are not there yet. Not thread-safe.
 */
final class ConcurrentCalls implements AutoCloseable {
    private final List<Part<?>> parts = new ArrayList<>();

    /** Starts a part that the prompt waits for. */
    <T> Part<T> start(TimeBudget budget, Callable<T> source) {
        Part<T> part = budget.start(source);
        parts.add(part);
        return part;
    }

    /** Starts a part that the prompt does not wait for. If it is there in time, another thread passes it to the listener, once. */
    <T> void startAside(TimeBudget budget, Callable<T> source, Consumer<T> listener) {
        Part<T> part = start(budget, source);
        Thread.ofVirtual().name(part.name() + "-aside").start(() -> {
            try {
                part.await().ifPresent(listener);
            } catch (InterruptedException e) {
                part.close();
            }
        });
    }

    /** The names of the parts that are known to be missing. */
    List<String> leftOut() {
        return parts.stream().filter(Part::isLeftOut).map(Part::name).distinct().toList();
    }

    @Override
    public void close() {
        parts.forEach(Part::close);
    }
}
