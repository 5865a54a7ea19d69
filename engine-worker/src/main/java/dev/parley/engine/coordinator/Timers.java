package dev.parley.engine.coordinator;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/** When each thing is to be looked at again. Only its earliest time is kept: looking at it sets the later ones anew. Not thread-safe. */
final class Timers<T> {
    private final PriorityQueue<Timer<T>> queue = new PriorityQueue<>();
    private final Map<T, Long> earliest = new HashMap<>();

    private record Timer<T>(long at, T thing) implements Comparable<Timer<T>> {
        @Override
        public int compareTo(Timer<T> other) {
            return Long.compare(at, other.at);
        }
    }

    /** @param at monotonic nanoseconds; {@link Long#MAX_VALUE} for never */
    void set(T thing, long at) {
        Long set = earliest.get(thing);
        if (at != Long.MAX_VALUE && (set == null || at < set)) {
            earliest.put(thing, at);
            queue.add(new Timer<>(at, thing));
        }
    }

    /** Gives all things that are due to the listener. */
    void expire(long now, Consumer<? super T> listener) {
        while (!queue.isEmpty() && queue.peek().at() <= now) {
            Timer<T> due = queue.poll();
            if (earliest.remove(due.thing(), due.at())) {
                listener.accept(due.thing());
            }
        }
    }

    /** The time until the next one in nanoseconds, at most the bound. */
    long untilNext(long now, long bound) {
        Timer<T> next = queue.peek();
        return next == null ? bound : Math.clamp(next.at() - now, 0, bound);
    }
}
