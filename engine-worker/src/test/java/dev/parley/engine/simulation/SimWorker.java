package dev.parley.engine.simulation;

import dev.parley.engine.desk.Desk;
import dev.parley.engine.desk.DeskObserver;
import dev.parley.engine.desk.DeskSettings;
import dev.parley.engine.run.Order;
import dev.parley.engine.run.Run;
import dev.parley.engine.run.RunSettings;
import dev.parley.engine.stream.Written;
import dev.parley.engine.view.Decider;
import dev.parley.engine.view.LogView;
import dev.parley.engine.view.ViewSettings;
import dev.parley.schema.event.ChatEvent.ConversationDeleted;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.log.DropReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A worker process: it can pause at any point, and die. */
final class SimWorker {
    static final Duration LEASE = Duration.ofSeconds(3);

    final String name;
    final Mutant mutant;
    private final World world;
    private final Desk desk;
    private final List<SimRun> runs = new ArrayList<>();
    private final List<Runnable> mail = new ArrayList<>();
    private final Map<StreamId, Long> ended = new HashMap<>();
    private int commandsRead;
    private int eventsRead;
    private long pausedUntilMs;
    private boolean faults = true;
    private boolean dead;
    private boolean caughtUp;
    private int claims;

    SimWorker(World world, String name, Mutant mutant) {
        this.world = world;
        this.name = name;
        this.mutant = mutant;
        int reserves = mutant == Mutant.NOBODY_TAKES_OVER ? 0 : 4;
        Duration lease = mutant == Mutant.NOBODY_TAKES_OVER ? Duration.ofDays(1) : LEASE;
        this.desk = new Desk(
                name,
                new DeskSettings(1 + world.upTo(8), Duration.ofSeconds(1), reserves, LEASE, Duration.ofSeconds(1)),
                new Decider(new ViewSettings(
                        lease,
                        Duration.ofSeconds(2),
                        Duration.ofMillis(250),
                        Duration.ofMillis(25),
                        20,
                        world.chance(0.8),
                        1_000)),
                new LogView.Bounds(1_000_000, 20, 1_000, 100, Duration.ofSeconds(10)),
                new Outbox(),
                new Silent(),
                this::claim);
    }

    private String claim() {
        return mutant == Mutant.CLAIMS_COLLIDE ? "same" : name + "-" + claims++;
    }

    boolean faults() {
        return faults;
    }

    boolean isDead() {
        return dead;
    }

    void die() {
        dead = true;
        runs.clear();
    }

    void pause(long ms) {
        pausedUntilMs = world.nowMs() + ms;
    }

    void heal() {
        faults = false;
        pausedUntilMs = 0;
    }

    void owns(boolean owner) {
        deliver(() -> desk.owns(owner ? Map.of(0, 0L) : Map.of(), world.nanos()));
    }

    /** Leaves in good order, as far as time allows. */
    void leave() {
        deliver(desk::drain);
        world.after(500 + world.upTo(1_500), () -> deliver(() -> desk.release("shutdown")));
        world.after(3_000, this::die);
    }

    /** Reaches the worker when it next runs, if it lives. */
    void deliver(Runnable letter) {
        mail.add(letter);
    }

    /** Does what a worker does in a moment, unless it is paused. */
    void turn() {
        if (dead || world.nowMs() < pausedUntilMs) {
            return;
        }
        List<Runnable> letters = List.copyOf(mail);
        mail.clear();
        letters.forEach(Runnable::run);
        read();
        desk.act(world.nanos());
        for (SimRun run : List.copyOf(runs)) {
            if (!run.turn()) {
                runs.remove(run);
                if (run.ended()) {
                    ended.put(run.order().stream(), run.lastOffset());
                }
                desk.ended(run, world.nanos());
            }
        }
    }

    private void read() {
        commandsRead = read(world.commands, commandsRead, record -> desk.command(record, world.nanos()));
        eventsRead = read(world.events, eventsRead, record -> desk.event(record, world.nanos()));
        if (!caughtUp && commandsRead == world.commands.records.size() && eventsRead == world.events.records.size()) {
            caughtUp = true;
            desk.commandsCaughtUp(0);
            desk.eventsCaughtUp(0);
        }
    }

    private int read(World.Partition partition, int from, Consumer<ConsumerRecord<String, byte[]>> to) {
        int behind = partition.records.size() - from;
        int count = faults && behind > 0 ? world.upTo(behind + 1) : behind;
        partition.records.subList(from, from + count).forEach(to);
        return from + count;
    }

    private final class Outbox implements Desk.Outbox {
        @Override
        public Run start(Order order) {
            requireNotEndedHere(order.stream());
            Written known = mutant == Mutant.PREFIX_READ_BEFORE_CLAIM
                    ? Facts.of(world, eventsRead).written(order.stream())
                    : null;
            RunSettings settings =
                    new RunSettings(LEASE, Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMinutes(5));
            SimRun run = new SimRun(world, SimWorker.this, order, settings, known);
            runs.add(run);
            return run;
        }

        /** A worker whose tail is behind its own acknowledgements must not take an answer that it has ended for one to give. */
        private void requireNotEndedHere(StreamId stream) {
            Long end = ended.get(stream);
            if (end != null && Facts.of(world, world.events.records.size()).endOf(stream) == end) {
                throw new Violation(name + " writes " + stream + " again, which it has ended itself");
            }
        }

        @Override
        public void delete(int partition, SessionKey session) {
            var record = new EventRecords(name).deletion(0, session, new ConversationDeleted(session.session()));
            world.after(1 + world.upTo(20), () -> world.events.append(record, world.nowMs()));
        }

        @Override
        public void deadLetter(ConsumerRecord<String, byte[]> record, String reason) {
            throw new Violation("a command could not be read");
        }
    }

    private static final class Silent implements DeskObserver {
        @Override
        public void accepted() {}

        @Override
        public void dropped(DropReason reason) {}

        @Override
        public void unreadable(String topic) {
            throw new Violation("a record of " + topic + " could not be read");
        }

        @Override
        public void takeover() {}

        @Override
        public void refused() {}
    }
}
