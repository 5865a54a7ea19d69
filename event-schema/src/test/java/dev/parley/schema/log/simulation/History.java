package dev.parley.schema.log.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One history: a phase with faults, a phase without faults, and the check. */
final class History {

    private static final int CHAOS_STEPS = 120;
    private static final int HEALING_ROUNDS = 400;

    private final List<Sent> log = new ArrayList<>();
    private final Network network = new Network(log);
    private final RandomGenerator random;
    private final List<Worker> workers;
    private final Habits habits;

    History(long seed, Habits habits) {
        this.random = new SplittableRandom(seed);
        this.habits = habits;
        this.workers = IntStream.rangeClosed(1, 2 + random.nextInt(3))
                .mapToObj(n -> new Worker(n, habits, network, log))
                .toList();
    }

    /** The broken guarantee, or null if all were kept. */
    @Nullable
    String run(Checker checker) {
        for (int i = 0; i < CHAOS_STEPS; i++) {
            chaos();
        }
        heal();
        return checker.check(habits.rule(), log);
    }

    String shown() {
        return log.stream().map(Sent::toString).collect(Collectors.joining("\n"));
    }

    private void chaos() {
        Worker worker = workers.get(random.nextInt(workers.size()));
        switch (random.nextInt(40)) {
            case 0 -> worker.crash();
            case 1, 2 -> worker.paused = !worker.paused;
            case 3 -> network.lose(random);
            case 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 -> network.deliver(random);
            default -> act(worker);
        }
    }

    private void act(Worker worker) {
        if (worker.paused) {
            return;
        }
        switch (random.nextInt(16)) {
            case 0 -> worker.claim();
            case 1 -> {
                if (worker.awaitsAck()) {
                    worker.timedOut();
                }
            }
            case 2, 3, 4, 5, 6, 7, 8 -> worker.read();
            default -> worker.write(random);
        }
    }

    /** All workers run, no record is lost any more, and a stream without a writer is taken over by the next worker that reads it. */
    private void heal() {
        workers.forEach(worker -> worker.paused = false);
        for (int round = 0; round < HEALING_ROUNDS; round++) {
            network.deliverAll();
            workers.stream().filter(Worker::awaitsAck).forEach(Worker::timedOut);
            for (Worker worker : workers) {
                for (int i = log.size(); i > 0; i--) {
                    worker.read();
                }
            }
            if (workers.stream().allMatch(Worker::sawTheEnd) && network.isQuiet()) {
                return;
            }
            if (workers.stream().noneMatch(Worker::writes)) {
                workers.get(random.nextInt(workers.size())).claim();
            }
            workers.forEach(worker -> worker.write(random));
        }
    }
}
