package dev.parley.engine.simulation;

import dev.parley.engine.simulation.SimLog.Tag;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.Command.DeleteConversation;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.RecordKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The commands of the users, all of them acknowledged. */
final class Users {
    private static final int SESSIONS = 2;
    private static final ChatContext REASONING = new ChatContext(null, true, null, null, null, null);

    private final World world;
    private final SimLog log;
    private final List<List<UserId>> users;
    private final Map<StreamId, Message> messages = new LinkedHashMap<>();
    private final Map<StreamId, Integer> lives = new HashMap<>();
    private final Map<StreamId, List<Sent>> stops = new HashMap<>();
    private final List<EarlyStop> earlyStops = new ArrayList<>();
    private final Map<UserId, Integer> counts = new HashMap<>();
    private final List<Interrupt> interrupts = new ArrayList<>();

    final List<Deletion> deletions = new ArrayList<>();
    final List<UnreadableCommand> unreadableCommands = new ArrayList<>();

    /** A record of {@code chat.commands}. */
    record Sent(long offset, long atMs) {}

    record Deletion(int partition, SessionKey session, long offset) {}

    /** A message, or a repeat of one, that interrupts the earlier ones of its session. */
    private record Interrupt(StreamId id, SessionKey session, Sent sent) {}

    /** A stop that came before its message. */
    private record EarlyStop(StreamId life, SessionKey session, Sent sent) {}

    /** A command that cannot be read. */
    record UnreadableCommand(int partition, long offset) {}

    /**
     * The first command with its id, the one that counts.
     *
     * @param repeats later ones with the same id
     * @param stops may be older
     */
    record Message(StreamId id, int partition, ChatStream command, Sent sent, List<Sent> repeats, List<Sent> stops) {
        boolean stoppedBefore() {
            return !stops.isEmpty() && stops.getFirst().offset() < sent.offset();
        }
    }

    Users(World world, SimLog log) {
        this.world = world;
        this.log = log;
        this.users = IntStream.range(0, log.partitions())
                .mapToObj(partition -> usersOf(partition, log.partitions()))
                .toList();
    }

    /** Two users for each partition. */
    private static List<UserId> usersOf(int partition, int partitions) {
        return IntStream.range(0, 100)
                .mapToObj(i -> new UserId("u" + i))
                .filter(user -> RecordKey.partition(user, partitions) == partition)
                .limit(2)
                .toList();
    }

    Collection<Message> messages() {
        return messages.values();
    }

    @Nullable
    Message find(StreamId id) {
        return messages.get(id);
    }

    /** One user does something. */
    void act() {
        int partition = world.upTo(users.size());
        UserId user = world.anyOf(users.get(partition));
        String session = "s" + world.upTo(SESSIONS);
        int asked = counts.getOrDefault(user, 0);
        double what = world.upTo(100);
        if (asked == 0 || what < 58) {
            counts.put(user, asked + 1);
            int times = world.chance(0.15) ? 3 : 1;
            for (int i = 0; i < times; i++) {
                ask(user, session, "m" + asked);
            }
        } else if (what < 78) {
            stop(user, session, "m" + Math.max(0, asked - 3 + world.upTo(4)));
        } else if (what < 93) {
            String other = "s" + world.upTo(SESSIONS);
            String message = "m" + world.upTo(asked);
            ask(user, other, message);
        } else if (what < 98) {
            int times = world.chance(0.5) ? 2 : 1;
            for (int i = 0; i < times; i++) {
                delete(user, session);
            }
        } else {
            unreadable(partition, new SessionKey(user, new SessionId(session)));
        }
    }

    private void ask(UserId user, String session, String message) {
        ChatStream command = new ChatStream(
                new MessageId(message),
                new SessionId(session),
                user,
                "What?",
                world.chance(0.1) ? REASONING : ChatContext.NONE,
                world.chance(0.6) ? OnBusy.ENQUEUE : world.anyOf(OnBusy.values()),
                world.anyOf(Priority.values()),
                now(),
                "gw");
        StreamId id = life(new StreamId(user, command.messageId()));
        Sent sent = send(command, new Tag(id, false));
        if (command.onBusy() == OnBusy.INTERRUPT) {
            interrupts.add(new Interrupt(id, command.sessionKey(), sent));
        }
        Message first = messages.get(id);
        if (first == null) {
            int partition = RecordKey.partition(user, log.partitions());
            messages.put(id, new Message(id, partition, command, sent, new ArrayList<>(), stopsOf(id)));
        } else {
            first.repeats().add(sent);
        }
    }

    /** The stream that a command with this id is about now: after the deletion of its session the id is new again. */
    private StreamId life(StreamId plain) {
        int last = lives.getOrDefault(plain, 0);
        Message message = messages.get(Lives.of(plain, last));
        if (message != null
                && deletions.stream()
                        .anyMatch(deletion ->
                                deletion.session().equals(message.command().sessionKey())
                                        && deletion.offset() > message.sent().offset())) {
            lives.put(plain, ++last);
        }
        return Lives.of(plain, last);
    }

    /** Whether a user stopped it, in a conversation that was not deleted since. */
    boolean isStopped(StreamId life) {
        return !stops.getOrDefault(life, List.of()).isEmpty();
    }

    private List<Sent> stopsOf(StreamId id) {
        return stops.computeIfAbsent(id, _ -> new ArrayList<>());
    }

    /** The message may not be there yet. */
    private void stop(UserId user, String session, String message) {
        StopGeneration command = new StopGeneration(new MessageId(message), new SessionId(session), user, now(), "gw");
        StreamId id = life(new StreamId(user, command.messageId()));
        Tag tag = new Tag(id, true);
        int times = world.chance(0.1) ? 2 : 1;
        for (int i = 0; i < times; i++) {
            Sent sent = send(command, tag);
            stopsOf(id).add(sent);
            if (!messages.containsKey(id)) {
                earlyStops.add(new EarlyStop(id, command.sessionKey(), sent));
            }
        }
    }

    private void delete(UserId user, String session) {
        DeleteConversation command = new DeleteConversation(new SessionId(session), user, now(), "gw");
        earlyStops.stream()
                .filter(stop -> stop.session().equals(command.sessionKey()) && !messages.containsKey(stop.life()))
                .forEach(stop -> stopsOf(stop.life()).remove(stop.sent()));
        deletions.add(new Deletion(
                RecordKey.partition(user, log.partitions()),
                command.sessionKey(),
                send(command, null).offset()));
    }

    private void unreadable(int partition, SessionKey session) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(
                "chat.commands", partition, null, RecordKey.of(session), "{".getBytes(StandardCharsets.UTF_8));
        unreadableCommands.add(new UnreadableCommand(partition, log.appendCommand(record, null)));
    }

    /** How many commands delete the session. */
    long deletions(SessionKey session) {
        return deletions.stream().filter(each -> each.session().equals(session)).count();
    }

    private Sent send(Command command, @Nullable Tag tag) {
        return new Sent(log.appendCommand(CommandRecords.of(command, log.partitions(), null), tag), world.nowMs());
    }

    private Instant now() {
        return Instant.ofEpochMilli(world.nowMs());
    }

    /**
     * Whether a command may end the message: a stop, a later message that interrupts, a deletion.
     *
     * @param known whether a worker must have known the command as a repeat of a message that is over
     */
    boolean mayBeStopped(Message message, BiPredicate<StreamId, Sent> known) {
        return !message.stops().isEmpty()
                || interrupts.stream().anyMatch(each -> isLater(each, message) && !known.test(each.id(), each.sent()))
                || deletions.stream()
                        .anyMatch(deletion ->
                                deletion.session().equals(message.command().sessionKey())
                                        && deletion.offset() > message.sent().offset());
    }

    private static boolean isLater(Interrupt interrupt, Message message) {
        return interrupt.session().equals(message.command().sessionKey())
                && interrupt.sent().offset() > message.sent().offset();
    }
}
