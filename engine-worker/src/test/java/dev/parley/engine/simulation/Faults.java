package dev.parley.engine.simulation;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The faults of a history, by its scenario, until they are healed. */
final class Faults {
    private static final double PROBABILITY = 0.035;
    private static final int MANY_WORKERS = 5;
    private static final long GROUP_NOTICES_MS = 6_000;

    private final Scene scene;
    private final World world;
    private final Group group;
    private final long strikesMs;
    private boolean struck;
    private boolean healed;

    Faults(Scene scene, Group group) {
        this.scene = scene;
        this.world = scene.world();
        this.group = group;
        this.strikesMs = world.nowMs() + world.between(800, 2_500);
    }

    void begin() {
        for (int i = 0; i < scene.plan().workers(); i++) {
            group.join();
        }
        if (scene.plan().is(Scenario.CHAOS)) {
            group.workers().forEach(this::shuffle);
        } else {
            giveAll();
        }
    }

    private void giveAll() {
        for (int partition = 0; partition < scene.log().partitions(); partition++) {
            group.give(partition, world.anyOf(group.staying()));
        }
    }

    /** To be called in each step of the history. */
    void step() {
        switch (scene.plan().scenario()) {
            case CALM, CROWD -> {}
            case SLEEPER -> pauseSometimes();
            case KILL -> once(this::kill);
            case LEAVE -> once(this::leave);
            case CHAOS -> {
                if (world.chance(PROBABILITY)) {
                    anything();
                }
            }
        }
    }

    private void pauseSometimes() {
        SimWorker worker = group.workers().getFirst();
        worker.setPausing();
        if (world.chance(0.02) && !worker.isPaused()) {
            pause(worker, world.upTo(7_000));
        }
    }

    private void once(Runnable strike) {
        if (!struck && world.nowMs() >= strikesMs) {
            struck = true;
            strike.run();
        }
    }

    private void kill() {
        SimWorker victim = anOwner();
        Set<Integer> owned = group.ownedBy(victim);
        die(victim);
        world.after(world.between(0, 3_000), group::join);
        world.after(GROUP_NOTICES_MS, () -> {
            for (int partition : new TreeSet<>(owned)) {
                group.give(partition, world.anyOf(group.staying()));
            }
        });
    }

    private SimWorker anOwner() {
        return world.anyOf(group.staying().stream()
                .filter(worker -> !group.ownedBy(worker).isEmpty())
                .toList());
    }

    private void leave() {
        leave(anOwner(), world.between(0, 2_000));
        world.after(world.between(0, 1_000), group::join);
    }

    private void anything() {
        SimWorker victim = world.anyOf(group.workers());
        int what = world.upTo(100);
        if (what < 35) {
            pause(victim, world.upTo(world.chance(0.3) ? 8_000 : 1_500));
        } else if (what < 47) {
            die(victim);
            joinSoon();
        } else if (what < 57) {
            leave(victim, world.between(0, 2_000));
            joinSoon();
        } else if (what < 80) {
            shuffle(victim);
        } else if (what < 83) {
            world.note(victim.name + " reads no commands for a while");
            victim.tails().stickCommands(world.between(100, Plan.MAX_LAG_MS));
        } else if (what < 86) {
            world.note(victim.name + " reads no events for a while");
            victim.tails().stickEvents(world.between(100, Plan.MAX_LAG_MS));
        } else if (what < 89) {
            victim.rereads(world.upTo(scene.log().partitions()));
        } else if (what < 95) {
            victim.ownerLeft(world.upTo(scene.log().partitions()), world.anyOf(group.workers()).name);
        } else {
            scene.archive().flip();
        }
    }

    private void joinSoon() {
        world.after(world.between(0, 2_000), () -> {
            group.forgetTheDead();
            if (!healed && group.staying().size() < MANY_WORKERS) {
                shuffle(group.join());
            }
        });
    }

    private void pause(SimWorker worker, long ms) {
        world.note(worker.name + " pauses for " + ms + " ms");
        worker.pause(ms);
    }

    private void die(SimWorker worker) {
        world.note(worker.name + " is killed");
        scene.monitor().killed(worker);
        worker.die();
    }

    private void leave(SimWorker worker, long drainMs) {
        if (!worker.isLeaving() && !worker.isDead()) {
            world.note(worker.name + " leaves within " + drainMs + " ms");
            worker.leave(drainMs);
        }
    }

    /** A partition may get two owners, or none. */
    private void shuffle(SimWorker worker) {
        Set<Integer> some = IntStream.range(0, scene.log().partitions())
                .filter(_ -> world.chance(0.4))
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));
        group.set(worker, some);
    }

    /** Ends all faults: from now on each partition has one owner. */
    void heal() {
        world.note("the faults end");
        healed = true;
        scene.network().heal();
        scene.archive().heal();
        group.forgetTheDead();
        if (!scene.plan().calm()) {
            group.join();
        }
        List<SimWorker> workers = group.workers();
        workers.forEach(SimWorker::heal);
        if (scene.plan().is(Scenario.CHAOS)) {
            workers.forEach(worker -> group.set(worker, Set.of()));
            giveAll();
        }
    }
}
