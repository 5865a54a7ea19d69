package dev.parley.engine.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Carries appends. Most arrive in the order in which a worker sends them to a partition, and are acknowledged; while there are faults, some arrive
 * without an acknowledgement, late, twice or never.
 */
final class Network {
    private final World world;
    private final boolean keepsOrder;
    private final Map<Route, Long> lastArrivalMs = new HashMap<>();
    private double faults;

    private record Route(SimWorker sender, int partition) {}

    Network(World world, double faults, Mutant mutant) {
        this.world = world;
        this.faults = faults;
        this.keepsOrder = mutant != Mutant.RECORDS_OVERTAKE;
    }

    void heal() {
        faults = 0;
    }

    boolean isFaulty() {
        return faults > 0;
    }

    /**
     * @param append returns the offset; it may be called more than once, or never
     * @param acknowledged this or {@code failed} is called within about a lease, if the sender lives
     */
    void send(SimWorker sender, int partition, LongSupplier append, LongConsumer acknowledged, Runnable failed) {
        Route route = new Route(sender, partition);
        long travel = behind(route, world.between(1, 15));
        long back = world.between(1, 10);
        long giveUp = Plan.LEASE.toMillis();
        if (!world.chance(faults)) {
            arrive(sender, travel, back, append, acknowledged);
            return;
        }
        switch (world.upTo(5)) {
            case 0 -> fail(sender, giveUp, failed);
            case 1 -> {
                land(sender, travel, append);
                fail(sender, giveUp, failed);
            }
            case 2 -> {
                land(sender, world.between(100, giveUp * 2), append);
                fail(sender, giveUp, failed);
            }
            case 3 -> arrive(sender, behind(route, world.between(100, giveUp - 100)), back, append, acknowledged);
            default -> {
                arrive(sender, travel, back, append, acknowledged);
                land(sender, world.between(1, 500), append);
            }
        }
    }

    /** An acknowledged record does not overtake another one. */
    private long behind(Route route, long travel) {
        long arrival = world.nowMs() + travel;
        return keepsOrder ? lastArrivalMs.merge(route, arrival, Math::max) - world.nowMs() : travel;
    }

    private void arrive(SimWorker sender, long travel, long back, LongSupplier append, LongConsumer acknowledged) {
        world.after(travel, () -> {
            if (reaches(sender)) {
                long offset = append.getAsLong();
                world.after(back, () -> sender.deliver(() -> acknowledged.accept(offset)));
            }
        });
    }

    private void land(SimWorker sender, long travel, LongSupplier append) {
        world.after(travel, () -> {
            if (reaches(sender)) {
                long unused = append.getAsLong();
            }
        });
    }

    /** A record that was on its way when its process was killed may arrive or not. */
    private boolean reaches(SimWorker sender) {
        return !sender.isDead() || world.chance(0.5);
    }

    private void fail(SimWorker sender, long afterMs, Runnable failed) {
        world.after(afterMs, () -> sender.deliver(failed));
    }
}
