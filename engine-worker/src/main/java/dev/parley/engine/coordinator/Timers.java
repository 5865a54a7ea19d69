package dev.parley.engine.coordinator;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/** When to look at what again. Of each thing only the earliest time is kept: looking at it sets the later ones anew. */
final class Timers<T> {
    private final PriorityQueue<Timer<T>> queue = new PriorityQueue<>();
    private final Map<T, Long> armed = new HashMap<>();

    private record Timer<T>(long at, T what) implements Comparable<Timer<T>> {
        @Override
        public int compareTo(Timer<T> other) {
            return Long.compare(at, other.at);
        }
    }

    /** @param at monotonic nanoseconds; {@link Long#MAX_VALUE} for never */
    void set(T what, long at) {
        Long set = armed.get(what);
        if (at != Long.MAX_VALUE && (set == null || at < set)) {
            armed.put(what, at);
            queue.add(new Timer<>(at, what));
        }
    }

    void ring(long now, Consumer<? super T> listener) {
        while (!queue.isEmpty() && queue.peek().at() <= now) {
            Timer<T> due = queue.poll();
            if (armed.remove(due.what(), due.at())) {
                listener.accept(due.what());
            }
        }
    }

    /** How long until the next one, within a bound. */
    long untilNext(long now, long bound) {
        Timer<T> next = queue.peek();
        return next == null ? bound : Math.clamp(next.at() - now, 0, bound);
    }
}
