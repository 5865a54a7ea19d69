package dev.parley.engine.simulation;

import dev.parley.engine.simulation.SimLog.Tag;
import dev.parley.engine.state.LogPosition;
import dev.parley.schema.kafka.CommandRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A worker's two readers of the log, each at its own speed. While too much is unfinished, they give only the stops among further commands, and
 * later all of them in their turn, as {@code kafka.CommandListener} does.
 */
final class Tails {
    private final World world;
    private final SimLog log;
    private final Listener listener;
    private final List<Tail> tails;
    private boolean ahead;
    private double unevenness;
    private long commandsStuckUntilMs;
    private long eventsStuckUntilMs;

    /** Receives what is read. */
    interface Listener {
        void command(ConsumerRecord<String, byte[]> record, @Nullable Tag tag);

        void stopAhead(ConsumerRecord<String, byte[]> record, @Nullable Tag tag);

        void event(ConsumerRecord<String, byte[]> record);

        void commandsCaughtUp(int partition);

        void eventsCaughtUp(int partition);
    }

    private static final class Tail {
        final int partition;
        final LogPosition ends;
        long commands;
        long given;
        long scanned;
        long events;
        boolean commandsCaughtUp;
        boolean eventsCaughtUp;
        boolean ended;

        Tail(int partition, LogPosition start, LogPosition ends) {
            this.partition = partition;
            this.ends = ends;
            this.commands = start.commands();
            this.events = start.events();
        }
    }

    /** @param unevenness how often not everything is read that is there */
    Tails(World world, SimLog log, List<LogPosition> starts, double unevenness, Listener listener) {
        this.unevenness = unevenness;
        this.world = world;
        this.log = log;
        this.listener = listener;
        this.tails = IntStream.range(0, starts.size())
                .mapToObj(partition -> tail(partition, starts.get(partition)))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private Tail tail(int partition, LogPosition start) {
        return new Tail(
                partition,
                start,
                new LogPosition(
                        log.commands.get(partition).end(),
                        log.events.get(partition).end()));
    }

    /** Stops to read a partition. */
    void end(int partition) {
        tails.get(partition).ended = true;
    }

    /** Reads a partition from here on, as if for the first time. */
    void begin(int partition, LogPosition start) {
        Tail tail = tail(partition, start);
        tail.given = start.commands();
        tails.set(partition, tail);
    }

    long eventsRead(int partition) {
        return tails.get(partition).events;
    }

    /** Whether commands are read as they come. */
    boolean areCurrent() {
        return !ahead;
    }

    void stickCommands(long ms) {
        commandsStuckUntilMs = stuckUntilMs(commandsStuckUntilMs, ms);
    }

    void stickEvents(long ms) {
        eventsStuckUntilMs = stuckUntilMs(eventsStuckUntilMs, ms);
    }

    /** Not repeatedly, which would add up. */
    private long stuckUntilMs(long stuckUntilMs, long ms) {
        return world.nowMs() < stuckUntilMs + ms ? stuckUntilMs : world.nowMs() + ms;
    }

    void heal() {
        unevenness = 0;
        commandsStuckUntilMs = 0;
        eventsStuckUntilMs = 0;
    }

    /** Whether there is anything to read. */
    boolean areBehind() {
        for (Tail tail : reading()) {
            if (tail.commands < log.commands.get(tail.partition).end()
                    || tail.events < log.events.get(tail.partition).end()
                    || !tail.commandsCaughtUp
                    || !tail.eventsCaughtUp) {
                return true;
            }
        }
        return false;
    }

    void read() {
        boolean eventsFirst = world.chance(0.5);
        for (Tail tail : reading()) {
            if (eventsFirst) {
                readEvents(tail);
                readCommands(tail);
            } else {
                readCommands(tail);
                readEvents(tail);
            }
        }
    }

    private List<Tail> reading() {
        return tails.stream().filter(tail -> !tail.ended).toList();
    }

    private void readCommands(Tail tail) {
        if (world.nowMs() < commandsStuckUntilMs) {
            return;
        }
        SimLog.Partition commands = log.commands.get(tail.partition);
        for (long left = some(commands.end() - tail.commands); left > 0; left--) {
            ConsumerRecord<String, byte[]> record = commands.at(tail.commands);
            Tag tag = commands.tag(tail.commands);
            tail.commands++;
            if (!ahead) {
                listener.command(record, tag);
            } else if (CommandRecords.isStop(record)) {
                listener.stopAhead(record, tag);
            }
        }
        if (!tail.commandsCaughtUp && tail.commands >= tail.ends.commands()) {
            tail.commandsCaughtUp = true;
            listener.commandsCaughtUp(tail.partition);
        }
    }

    private void readEvents(Tail tail) {
        if (world.nowMs() < eventsStuckUntilMs) {
            return;
        }
        SimLog.Partition events = log.events.get(tail.partition);
        for (long left = some(events.end() - tail.events); left > 0; left--) {
            ConsumerRecord<String, byte[]> record = events.at(tail.events);
            tail.events++;
            listener.event(record);
        }
        if (!tail.eventsCaughtUp && tail.events >= tail.ends.events()) {
            tail.eventsCaughtUp = true;
            listener.eventsCaughtUp(tail.partition);
        }
    }

    private long some(long behind) {
        return behind > 0 && world.chance(unevenness) ? world.between(0, behind) : behind;
    }

    /** @param full whether only stops are to be given */
    void follow(boolean full) {
        if (full == ahead) {
            return;
        }
        ahead = full;
        for (Tail tail : tails) {
            if (full) {
                tail.given = tail.commands;
                tail.commands = Math.max(tail.commands, tail.scanned);
            } else {
                tail.scanned = tail.commands;
                tail.commands = tail.given;
            }
        }
    }
}
