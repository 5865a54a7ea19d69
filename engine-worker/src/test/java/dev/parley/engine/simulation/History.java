package dev.parley.engine.simulation;

import dev.parley.engine.simulation.SimModel.Manner;
import dev.parley.engine.simulation.Users.Message;
import dev.parley.engine.simulation.Violation.Promise;
import java.util.List;
import java.util.Set;

/** One generated history of users, workers and faults. After a while the faults end, and then everything must come to its end. */
final class History {
    private static final int LONGEST_STEP_MS = 30;
    private static final long END_WITHIN_MS = 60_000;

    final Scene scene;
    private final Group group;
    private final Faults faults;

    /**
     * The figures of a history.
     *
     * @param endedMs how long after the faults everything was over
     * @param recoveriesMs how long streams of killed workers waited for their next event
     * @param manners how the model behaved
     */
    record Report(
            Scenario scenario,
            int streams,
            int accepted,
            int dropped,
            int takeovers,
            long endedMs,
            List<Long> recoveriesMs,
            Set<Manner> manners) {}

    History(long seed, Mutant mutant) {
        scene = Scene.of(seed, mutant);
        group = new Group(scene);
        faults = new Faults(scene, group);
    }

    /** @throws Violation if a promise was broken */
    Report run() {
        World world = scene.world();
        faults.begin();
        long until = world.nowMs() + scene.plan().scenario().lengthMs;
        while (world.nowMs() < until) {
            step();
            if (world.chance(scene.plan().scenario().busy)) {
                scene.users().act();
            }
            faults.step();
        }
        faults.heal();
        long healedMs = world.nowMs();
        while (!isOver()) {
            step();
            if (world.nowMs() > healedMs + END_WITHIN_MS) {
                throw unfinished();
            }
        }
        long endedMs = world.nowMs() - healedMs;
        new Checks(scene, healedMs).all();
        return report(endedMs);
    }

    private void step() {
        scene.world().advance(1 + scene.world().upTo(LONGEST_STEP_MS));
        group.workers().forEach(SimWorker::turn);
    }

    private boolean isOver() {
        Truth truth = scene.log().truth;
        for (Message message : scene.users().messages()) {
            if (!truth.isOver(message.id())) {
                return false;
            }
        }
        return scene.users().deletions.stream()
                        .allMatch(deletion -> truth.deletions(deletion.session())
                                >= scene.users().deletions(deletion.session()))
                && scene.users().unreadableCommands.stream().allMatch(scene.monitor()::isKept)
                && group.workers().stream().noneMatch(SimWorker::isBusy);
    }

    private Violation unfinished() {
        for (Message message : scene.users().messages()) {
            if (!scene.log().truth.isOver(message.id())) {
                return new Violation(Promise.LIVENESS, message.id(), "it has no end long after the faults");
            }
        }
        return new Violation(Promise.LIVENESS, null, "something is unfinished though every message has its end");
    }

    private Report report(long endedMs) {
        Truth truth = scene.log().truth;
        return new Report(
                scene.plan().scenario(),
                scene.users().messages().size(),
                truth.accepted,
                truth.dropped,
                truth.takeovers,
                endedMs,
                scene.plan().is(Scenario.KILL) ? scene.monitor().recoveriesMs : List.of(),
                scene.monitor().manners());
    }
}
