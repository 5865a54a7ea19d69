package dev.parley.engine.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** Time, chance, and what is to happen later. Nothing of a history depends on anything else. */
final class World {
    private final SplittableRandom random;
    private final PriorityQueue<Later> schedule = new PriorityQueue<>();
    private final List<String> diary = new ArrayList<>();
    private long nowMs = 1_000;
    private long scheduled;

    private record Later(long atMs, long task, Runnable what) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(task, other.task);
        }
    }

    World(long seed) {
        random = new SplittableRandom(seed);
    }

    long nowMs() {
        return nowMs;
    }

    void after(long delayMs, Runnable what) {
        schedule.add(new Later(nowMs + delayMs, scheduled++, what));
    }

    void advance(long ms) {
        long until = nowMs + ms;
        while (!schedule.isEmpty() && schedule.peek().atMs() <= until) {
            Later next = schedule.poll();
            nowMs = Math.max(nowMs, next.atMs());
            next.what().run();
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

    /** Keeps what went wrong, for people to read. */
    void note(String what) {
        diary.add(String.format("%6d ms  %s", nowMs, what));
    }

    List<String> diary() {
        return diary;
    }
}
