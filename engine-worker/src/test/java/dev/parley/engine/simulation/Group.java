package dev.parley.engine.simulation;

import dev.parley.engine.simulation.SimLog.Saved;
import dev.parley.engine.state.LogPosition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The workers, and which partitions each of them believes to own. */
final class Group {
    private final Scene scene;
    private final Map<SimWorker, Set<Integer>> members = new LinkedHashMap<>();
    private int named;

    Group(Scene scene) {
        this.scene = scene;
    }

    List<SimWorker> workers() {
        return new ArrayList<>(members.keySet());
    }

    /** The workers that live and do not leave. */
    List<SimWorker> staying() {
        return members.keySet().stream()
                .filter(worker -> !worker.isDead() && !worker.isLeaving())
                .toList();
    }

    boolean has(SimWorker worker, int partition) {
        return members.getOrDefault(worker, Set.of()).contains(partition);
    }

    SimWorker join() {
        List<Start> starts = IntStream.range(0, scene.log().partitions())
                .mapToObj(this::start)
                .toList();
        SimWorker worker = new SimWorker(scene, this, "w" + named++, starts);
        scene.world().note(worker.name + " begins to read at " + starts);
        members.put(worker, new TreeSet<>());
        return worker;
    }

    /** Any checkpoint of the partition; without one the beginning of the log. */
    Start start(int partition) {
        World world = scene.world();
        long end = scene.log().events.get(partition).end();
        LogPosition beginning = scene.log().beginning(partition);
        List<Saved> saved = scene.log().saved.stream()
                .filter(each -> each.partition() == partition)
                .toList();
        int how = world.upTo(10);
        if (how < 2 || saved.isEmpty()) {
            return new Start(beginning, end, true);
        }
        Saved found = how < 7 ? saved.getLast() : world.anyOf(saved);
        return new Start(scene.log().available(partition, found.position()), end, false);
    }

    /** From now on this worker alone owns the partition. */
    void give(int partition, SimWorker owner) {
        scene.world().note(owner.name + " gets partition " + partition);
        members.forEach((worker, owned) -> {
            if (worker == owner ? owned.add(partition) : owned.remove(partition)) {
                worker.owns(Set.copyOf(owned));
            }
        });
    }

    /** This worker believes to own these partitions, whatever others believe. */
    void set(SimWorker worker, Set<Integer> partitions) {
        scene.world().note(worker.name + " believes to own " + partitions);
        members.put(worker, new TreeSet<>(partitions));
        worker.owns(partitions);
    }

    Set<Integer> ownedBy(SimWorker worker) {
        return Set.copyOf(members.getOrDefault(worker, Set.of()));
    }

    /** A leaving worker announces that it has left these partitions; with faults, others learn it late or never. */
    void left(SimWorker leftBy, Set<Integer> partitions) {
        World world = scene.world();
        for (SimWorker worker : staying()) {
            for (int partition : partitions) {
                if (!scene.network().isFaulty() || world.chance(0.6)) {
                    world.after(
                            scene.network().isFaulty() ? world.between(1, 4_000) : world.between(2, 20),
                            () -> worker.ownerLeft(partition, leftBy.name));
                }
            }
        }
        Set<Integer> owned = ownedBy(leftBy);
        members.put(leftBy, new TreeSet<>());
        world.after(world.between(20, 200), () -> leftBy.owns(Set.of()));
        world.after(world.between(1_000, 3_000), () -> {
            for (int partition : new TreeSet<>(owned)) {
                List<SimWorker> others = staying();
                if (!others.isEmpty()) {
                    give(partition, world.anyOf(others));
                }
            }
        });
    }

    /** The process has ended. */
    void gone(SimWorker worker) {
        scene.world().note(worker.name + " is gone");
        worker.die();
    }

    void forgetTheDead() {
        members.keySet().removeIf(SimWorker::isDead);
    }
}
