package dev.parley.engine.simulation;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.Command.DeleteConversation;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.CommandRecords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One invented history: a user's messages and stops, and workers that pause, die, leave and come, with a network that loses and
 * delays. After a while all is well again, and everything must come to its end.
 */
final class History {
    private static final UserId USER = new UserId("ada");
    private static final int WORKERS = 3;
    private static final int TROUBLE_MS = 9_000;
    private static final int HEALED_MS = 60_000;

    private final World world;
    private final Mutant mutant;
    private final List<SimWorker> workers = new ArrayList<>();
    private final Map<StreamId, ChatStream> asked = new LinkedHashMap<>();
    private final Set<StreamId> stoppedBefore = new LinkedHashSet<>();
    private final Facts facts = new Facts();
    private int named;
    private int deletions;

    /** What one history had in it. */
    record Report(int streams, int accepted, int dropped, int takeovers) {}

    History(long seed, Mutant mutant) {
        this.world = new World(seed);
        this.mutant = mutant;
    }

    /** @throws Violation if a promise was broken */
    Report run() {
        for (int i = 0; i < WORKERS; i++) {
            join();
        }
        workers.forEach(worker -> worker.owns(world.chance(0.5)));
        long trouble = world.nowMs() + TROUBLE_MS;
        while (world.nowMs() < trouble) {
            world.advance(1 + world.upTo(30));
            if (world.chance(0.06)) {
                userActs();
            }
            if (world.chance(0.03)) {
                chaos();
            }
            workers.forEach(SimWorker::turn);
        }
        heal();
        long patience = world.nowMs() + HEALED_MS;
        while (world.nowMs() < patience && !allOver()) {
            world.advance(1 + world.upTo(30));
            workers.forEach(SimWorker::turn);
        }
        return check();
    }

    private void join() {
        workers.add(new SimWorker(world, "w" + named++, mutant));
    }

    private void userActs() {
        String session = "s" + world.upTo(4);
        if (asked.isEmpty() || world.chance(0.55)) {
            ask(session, "m" + asked.size(), false);
        } else if (world.chance(0.5)) {
            stop(session, "m" + world.upTo(asked.size() + 2));
        } else if (world.chance(0.8)) {
            ask(session, "m" + world.upTo(asked.size()), true);
        } else {
            deletions++;
            send(new DeleteConversation(new SessionId(session), USER, now(), "gw"));
        }
    }

    private void ask(String session, String message, boolean again) {
        OnBusy[] ways = OnBusy.values();
        OnBusy onBusy = world.chance(0.6) ? OnBusy.ENQUEUE : ways[world.upTo(ways.length)];
        ChatStream command = new ChatStream(
                new MessageId(message),
                new SessionId(session),
                USER,
                again ? "something else" : "What?",
                ChatContext.NONE,
                onBusy,
                Priority.values()[world.upTo(4)],
                now(),
                "gw");
        asked.putIfAbsent(id(message), command);
        send(command);
    }

    private void stop(String session, String message) {
        if (!asked.containsKey(id(message))) {
            stoppedBefore.add(id(message));
        }
        send(new StopGeneration(new MessageId(message), new SessionId(session), USER, now(), "gw"));
    }

    private void send(Command command) {
        world.commands.append(CommandRecords.of(command, 1, null), world.nowMs());
    }

    private Instant now() {
        return Instant.ofEpochMilli(world.nowMs());
    }

    private static StreamId id(String message) {
        return new StreamId(USER, new MessageId(message));
    }

    private void chaos() {
        SimWorker victim = workers.get(world.upTo(workers.size()));
        double what = world.random.nextDouble();
        if (what < 0.45) {
            victim.pause(world.upTo(8_000));
        } else if (what < 0.6) {
            victim.die();
            join();
        } else if (what < 0.7) {
            victim.leave();
            join();
        } else {
            victim.owns(world.chance(0.5)); // two owners, or none, are possible for a while
        }
    }

    private void heal() {
        workers.removeIf(SimWorker::isDead);
        join();
        workers.forEach(SimWorker::heal);
        workers.forEach(worker -> worker.owns(false));
        workers.getLast().owns(true);
    }

    private boolean allOver() {
        Facts known = facts();
        return asked.keySet().stream().allMatch(id -> known.written(id).isOver()) && known.deletions >= deletions;
    }

    private Facts facts() {
        facts.readUpTo(world, world.events.records.size());
        return facts;
    }

    private Report check() {
        facts();
        try {
            asked.forEach((id, command) -> checkStream(id, command));
            require(facts.streams.keySet().equals(asked.keySet()), "a stream that nobody asked for");
            require(facts.deletions >= deletions, "a deletion was not written");
        } catch (Violation e) {
            throw new Violation(e.getMessage() + "\n" + String.join("\n", facts.lines));
        }
        return new Report(asked.size(), facts.accepted, facts.dropped, facts.takeovers);
    }

    private void checkStream(StreamId id, ChatStream command) {
        Facts.Stream stream = facts.streams.get(id);
        Terminal end = facts.written(id).end();
        if (stream == null || end == null) {
            throw new Violation(id + " has no end");
        }
        String text = stream.written.content().toString();
        String whole = SimModel.answer(id);
        require(end.text().equals(text), id + ": its end and its chunks differ");
        require(whole.startsWith(text), id + ": its text is not what the model said");
        require(
                !(end instanceof StreamComplete) || text.equals(whole),
                id + " is complete and has not all that the model said");
        require(
                !stoppedBefore.contains(id) || (end instanceof GenerationStopped && text.isEmpty()),
                id + " was stopped before it was asked, and was answered");
        if (command.onBusy() == OnBusy.ENQUEUE && !text.isEmpty()) {
            checkTurn(id, command.sessionKey(), stream);
        }
    }

    /** Its answer began after all that was asked before it in the session was over. */
    private void checkTurn(StreamId id, SessionKey session, Facts.Stream stream) {
        for (Map.Entry<StreamId, ChatStream> earlier : asked.entrySet()) {
            if (earlier.getKey().equals(id)) {
                return;
            }
            if (earlier.getValue().sessionKey().equals(session)) {
                Facts.Stream before = facts.streams.get(earlier.getKey());
                require(
                        before != null && before.endedAt < stream.startedAt,
                        id + " began before " + earlier.getKey() + " was over");
            }
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Violation(otherwise);
        }
    }
}
