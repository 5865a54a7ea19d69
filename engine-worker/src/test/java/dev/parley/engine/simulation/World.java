package dev.parley.engine.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** The time, the random numbers and the schedule of a history, which depends on nothing else. */
final class World {
    private final SplittableRandom random;
    private final PriorityQueue<Scheduled> schedule = new PriorityQueue<>();
    private final List<String> notes = new ArrayList<>();
    private long nowMs = 1_000;
    private long scheduled;

    private record Scheduled(long atMs, long number, Runnable action) implements Comparable<Scheduled> {
        @Override
        public int compareTo(Scheduled other) {
            return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(number, other.number);
        }
    }

    World(long seed) {
        random = new SplittableRandom(seed);
    }

    long nowMs() {
        return nowMs;
    }

    void after(long delayMs, Runnable action) {
        schedule.add(new Scheduled(nowMs + delayMs, scheduled++, action));
    }

    void advance(long ms) {
        long until = nowMs + ms;
        while (!schedule.isEmpty() && schedule.peek().atMs() <= until) {
            Scheduled next = schedule.poll();
            nowMs = Math.max(nowMs, next.atMs());
            next.action().run();
        }
        nowMs = until;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** From 0, below the bound. */
    int upTo(int bound) {
        return random.nextInt(bound);
    }

    long between(long least, long most) {
        return random.nextLong(least, most + 1);
    }

    <T> T anyOf(List<T> choices) {
        return choices.get(upTo(choices.size()));
    }

    @SafeVarargs
    final <T> T anyOf(T... choices) {
        return choices[upTo(choices.length)];
    }

    /** Notes a fault, for {@link HistoryPrinter}. */
    void note(String what) {
        notes.add(String.format("%6d ms  %s", nowMs, what));
    }

    List<String> notes() {
        return notes;
    }
}
