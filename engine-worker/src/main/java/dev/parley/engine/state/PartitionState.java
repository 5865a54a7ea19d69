package dev.parley.engine.state;

import dev.parley.engine.state.EventRecord.Value;
import dev.parley.engine.state.TurnState.LaterCommand;
import dev.parley.prompt.PastTurn;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.Command.DeleteConversation;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.SessionLog;
import dev.parley.schema.log.SessionLog.Deletion.Effect;
import dev.parley.schema.log.SessionLogs;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fold of one partition of commands and events: the sessions, their messages in order, and how far each answer is. It is a
 * function of the records alone, except that it remembers when this worker heard of them.
 *
 * <p>What is over is kept for context and against repeats, within bounds. Not thread-safe.
 */
public final class PartitionState {
    private final Bounds bounds;
    private final Map<StreamId, TurnState> turns = new HashMap<>();
    private final Map<SessionKey, SessionState> sessions = new LinkedHashMap<>(16, 0.75f, true);
    private final TreeMap<Long, TurnState> unfinished = new TreeMap<>();
    private final TreeMap<Long, RequestedDeletion> deletions = new TreeMap<>();
    private final Map<UserId, Integer> openByUser = new HashMap<>();
    /** The commands of deletions that were read, by the offsets of those, where a message that is unfinished may be older. */
    private final TreeMap<Long, Long> deletionCommands = new TreeMap<>();
    /** Messages and deletions below this offset were read. */
    private long commandsRead;
    /** Commands whose deletions were read before they were, with the offsets of those. */
    private final Map<Long, Long> deletedAhead = new LinkedHashMap<>();

    private final Map<StreamId, TurnState> stoppedEarly = new LinkedHashMap<>();
    /** Ids of which nothing is known but that their first streams are deleted, or unknown here. */
    private final SequencedSet<StreamId> blank = new LinkedHashSet<>();

    private final SessionLogs sessionLogs;
    private final FinishedTurns kept;
    private final CheckpointTracker remembered;
    private long unfinishedChars;
    private long resumedAt = Long.MIN_VALUE;
    private long folded = -1;

    /**
     * @param keptChars text of finished turns
     * @param keptTurnsPerSession finished turns that keep their text
     * @param forgottenTurns finished turns of which only the id is known, against repeats
     * @param earlyStops stops whose message has not come
     * @param memory how far back from now {@link #position} must be, so that whoever reads from there knows what ended lately
     * @param pause the longest time between two records of a stream that is believed if writers' clocks say it: the lease
     */
    public record Bounds(
            long keptChars,
            int keptTurnsPerSession,
            int forgottenTurns,
            int earlyStops,
            Duration memory,
            Duration pause) {}

    /**
     * @param command the offset of the command that asks for it
     * @param folded the highest offset of the events that were folded when that was seen; -1 for none
     */
    public record Deletion(long command, SessionKey session, long folded) {}

    /** A deletion that is asked for, and must be in the log before a turn begins. */
    record AwaitedDeletion(SessionKey session, long command) {}

    /** @param seenAt when this worker read the command */
    private record RequestedDeletion(SessionKey session, long seenAt) {}

    public PartitionState(Bounds bounds) {
        this.bounds = bounds;
        this.sessionLogs = new SessionLogs(0, Math.max(1, bounds.earlyStops()));
        this.kept = new FinishedTurns(bounds, turns, sessions);
        this.remembered = new CheckpointTracker(bounds.memory());
    }

    /** No event before this offset is read. */
    public void beginsAt(long events) {
        sessionLogs.beginsAt(events);
        folded = Math.max(folded, events - 1);
    }

    /** An event is about to be folded, whatever it is. */
    public void reached(long event) {
        folded = event;
    }

    /** The highest offset of the events that were folded; -1 for none. */
    public long folded() {
        return folded;
    }

    /** Folds the next command. A stop may be folded ahead of its turn, and again in it. */
    public void command(CommandRecord.Readable record, long now) {
        switch (record.command()) {
            case ChatStream chat -> asked(record, chat, now);
            case StopGeneration stop -> stopped(record, stop, now);
            case DeleteConversation delete -> deleted(record.offset(), delete.sessionKey(), now);
        }
    }

    private void asked(CommandRecord.Readable record, ChatStream chat, long now) {
        long offset = record.offset();
        commandsRead = Math.max(commandsRead, offset + 1);
        SessionKey key = chat.sessionKey();
        if (offset < sessionLogs.of(key).deletedCommand()) {
            return; // it is deleted already
        }
        StreamId id = new StreamId(chat.userId(), chat.messageId());
        TurnState turn = life(id, offset);
        if (turn.commandOffset != TurnState.NOT_ASKED) {
            remembered.needs(offset, turn.commandOffset);
            if (turn.isUndecided() && turn.commandOffset < offset) {
                turn.later.add(new LaterCommand(record, now));
                unfinishedChars += chat.message().length();
                session(key).undecided.add(offset);
            }
            return; // the first one stands
        }
        turn.commandOffset = offset;
        if (!(turn.log instanceof StreamLog.Open || turn.isOver()) || turn.session == null) {
            turn.session = key;
        }
        turn.seenAt = now;
        blank.remove(id);
        stoppedEarly.remove(id);
        remember(turn, now);
        SessionState session = session(key);
        if (chat.onBusy() == OnBusy.INTERRUPT && !turn.isOver()) {
            interrupt(session, offset, now); // what is over already may be a repeat of what this state has not read
        }
        if (offset < session.interruptedAt || session.hasDeletionAfter(offset)) {
            turn.stop(StopReason.INTERRUPTED, now); // it is read again
        }
        if (turn.awaited == null && kept.hasForgotten(id)) {
            return; // its events were read first, and it is long over
        }
        list(key, turn);
        if (!turn.isOver()) {
            turn.record = record;
            unfinished.put(offset, turn);
            unfinishedChars += chat.message().length();
        }
    }

    /** From a command's record to its start's, by the times of the two records; empty if this state did not read the command. */
    public Optional<Duration> startedAfter(StreamId id, long startMs) {
        TurnState turn = turns.get(id);
        return turn == null || turn.askedAt() == null
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.max(0, startMs - turn.askedAt().toEpochMilli())));
    }

    /** When this worker saw the oldest message whose turn it is and that nobody has started, in its monotonic nanoseconds. */
    public OptionalLong oldestNotStarted() {
        for (TurnState turn : unfinished.values()) {
            ChatStream command = turn.command();
            if (command != null && turn.log == StreamLog.EMPTY && !waitsForEarlier(turn, command)) {
                return OptionalLong.of(turn.seenAt);
            }
        }
        return OptionalLong.empty();
    }

    private boolean waitsForEarlier(TurnState turn, ChatStream command) {
        return (command.onBusy() == OnBusy.ENQUEUE || command.onBusy() == OnBusy.INTERRUPT)
                && session(command.sessionKey()).hasUnfinishedBefore(turn.commandOffset);
    }

    /**
     * The turn that a command of this id is about: a new one if the session of the last one is to be deleted, or if the last one was a repeat,
     * for then the session of its stream is not known here.
     */
    private TurnState life(StreamId id, long offset) {
        TurnState turn = turn(id);
        while (turn.next != null) {
            turn = turn.next;
        }
        if (turn.repeatOfFinished && turns.get(id) == turn && !(turn.log instanceof StreamLog.Over)) {
            return replaced(turn);
        }
        SessionState session = turn.session == null ? null : sessions.get(turn.session);
        if (session == null || turn.session == null) {
            return turn;
        }
        Long deletion = session.lastDeletionBefore(offset);
        if (deletion == null || deletion <= turn.commandOffset) {
            return turn;
        }
        TurnState next = new TurnState(id);
        next.awaited = new AwaitedDeletion(turn.session, deletion);
        turn.next = next;
        return next;
    }

    /** Whether the turn may not begin before a deletion is in the log, since that deletes the stream that has its id. */
    boolean awaitsDeletion(TurnState turn) {
        AwaitedDeletion awaited = turn.awaited;
        if (awaited == null) {
            return false;
        }
        return sessionLogs.of(awaited.session()).deletedCommand() < awaited.command();
    }

    private void remember(TurnState turn, long now) {
        remembered.asked(turn.commandOffset);
        if (turn.stopOffset != TurnState.NOT_ASKED) {
            remembered.needs(turn.commandOffset, turn.stopOffset);
        }
        if (turn.firstEvent != TurnState.NO_EVENT) {
            remembered.foundCommand(turn.firstEvent);
            remembered.started(turn.commandOffset, turn.firstEvent);
        }
        if (turn.isOver()) {
            remembered.done(turn.commandOffset, now);
        }
    }

    private void list(SessionKey session, TurnState turn) {
        if (turn.listedIn == null) {
            turn.listedIn = session;
            session(session).turns.add(turn);
        }
    }

    private void unlist(TurnState turn) {
        if (turn.listedIn != null) {
            session(turn.listedIn).turns.remove(turn);
            turn.listedIn = null;
        }
    }

    /** A new turn in the position of one that is done with. */
    private TurnState replaced(TurnState turn) {
        kept.remove(turn);
        unlist(turn);
        TurnState fresh = new TurnState(turn.id());
        fresh.log = turn.log;
        turns.put(turn.id(), fresh);
        return fresh;
    }

    private void stopped(CommandRecord.Readable record, StopGeneration command, long now) {
        long offset = record.offset();
        StreamId id = new StreamId(command.userId(), command.messageId());
        SessionKey key = command.sessionKey();
        TurnState turn = life(id, offset);
        if (offset < turn.after) {
            return; // it meant a stream that is deleted
        }
        turn.stop(StopReason.USER_CANCELLED, now);
        if (turn.isUndecided()
                && (turn.later.isEmpty() || !(turn.later.getLast().record().command() instanceof StopGeneration))) {
            turn.later.add(new LaterCommand(record, now));
        }
        if (turn.commandOffset != TurnState.NOT_ASKED || turn.isOver()) {
            return;
        }
        blank.remove(id);
        turn.stopOffset = offset;
        turn.stopSession = key;
        remembered.asked(offset);
        remembered.done(offset, now);
        if (!turn.isOpen()) {
            stoppedEarly.put(id, turn);
            if (stoppedEarly.size() > bounds.earlyStops()) {
                Iterator<TurnState> oldest = stoppedEarly.values().iterator();
                TurnState dropped = oldest.next();
                turns.remove(dropped.id(), dropped);
                oldest.remove();
            }
        }
    }

    /** A stop that came before the turn's message meant an earlier turn with the same id, which was deleted since. */
    public void forgetEarlyStop(TurnState turn) {
        turn.stop = turn.laterStop;
        turn.stopSeenAt = turn.laterStopSeenAt;
        turn.stopSession = null;
        turn.stopOffset = TurnState.NOT_ASKED;
        stoppedEarly.remove(turn.id(), turn);
    }

    /** Stops that came before their messages are of the conversation, too. */
    private void forgetEarlyStops(SessionKey key, long before) {
        stoppedEarly.values().removeIf(turn -> {
            boolean deleted = key.equals(turn.stopSession) && turn.stopOffset < before;
            if (deleted) {
                turn.stop = null;
                turn.stopSession = null;
                turn.stopOffset = TurnState.NOT_ASKED;
                dropIfBlank(turn);
            }
            return deleted;
        });
    }

    private void dropIfBlank(TurnState turn) {
        if (turn.isBlank() && turn.next == null && turns.get(turn.id()) == turn) {
            if (turn.log instanceof StreamLog.NotStarted) {
                turns.remove(turn.id());
            } else {
                keepBlank(turn);
            }
        }
    }

    private void keepBlank(TurnState turn) {
        blank.add(turn.id());
        if (blank.size() > Math.max(1, bounds.earlyStops())) {
            StreamId oldest = blank.removeFirst();
            TurnState dropped = turns.get(oldest);
            if (dropped != null && dropped.isBlank()) {
                turns.remove(oldest);
            }
        }
    }

    private void deleted(long offset, SessionKey key, long now) {
        commandsRead = Math.max(commandsRead, offset + 1);
        forgetEarlyStops(key, offset);
        Long event = deletedAhead.remove(offset);
        if (event != null) {
            remembered.asked(offset);
            remembered.foundCommand(event);
            remembered.started(offset, event);
            remembered.done(offset, now);
            return;
        }
        SessionState session = session(key);
        interrupt(session, offset, now);
        session.deletions.add(offset);
        deletions.put(offset, new RequestedDeletion(key, now));
        remembered.asked(offset);
    }

    private static void interrupt(SessionState session, long offset, long now) {
        session.interruptedAt = Math.max(session.interruptedAt, offset);
        for (TurnState turn : session.turns) {
            if (!turn.isOver() && turn.commandOffset < offset) {
                turn.stop(StopReason.INTERRUPTED, now);
            }
        }
    }

    /**
     * Folds the next record of a stream.
     */
    public Verdict event(EventRecord.OfStream record, long now) {
        TurnState turn = turn(record.stream());
        Verdict verdict = sessionLogs.accept(record.session(), turn.log, record.entry());
        if (verdict instanceof Verdict.Accepted(StreamLog after)) {
            turn.log = after;
            turn.heardAt = now;
            if (record.entry() instanceof Entry.Start start) {
                turn.session = record.session();
                forgetLater(turn);
                blank.remove(turn.id());
                begun(turn, start.statesFolded() ? Math.min(record.offset(), start.folded() + 1) : record.offset());
            }
            if (record.startsOrTakesOver()) {
                turn.claimedAt = now;
            }
            fold(turn, record);
            count(turn, turn.isOpen());
            if (after instanceof StreamLog.Over) {
                over(record.session(), turn, now);
            }
        } else {
            turn.log = verdict.after(turn.log);
            dropIfBlank(turn); // from before the state began
        }
        return verdict;
    }

    /** @param offset from which on a reader sees the start and knows that it is the first one */
    private void begun(TurnState turn, long offset) {
        turn.firstEvent = offset;
        if (turn.commandOffset == TurnState.NOT_ASKED) {
            remembered.startedUnasked(offset);
        } else {
            remembered.started(turn.commandOffset, offset);
        }
    }

    private void fold(TurnState turn, EventRecord.OfStream record) {
        Entry entry = record.entry();
        if (!(entry instanceof Entry.Start)) {
            turn.elapsedMs += record.time().since(turn.recordTime, bounds.pause().toMillis());
        }
        turn.recordTime = record.time();
        if (record.value() instanceof Value.Known(StreamEvent event)) {
            turn.written = turn.written.evolve(event, turn.elapsedMs);
        } else if (entry instanceof Entry.Event || entry instanceof Entry.Terminal) {
            turn.written = turn.written.evolveUnknown();
        }
    }

    /** This worker is about to write the stream's first record: the user's streams count it from now on. */
    public void writerStarted(StreamId id) {
        count(turn(id), true);
    }

    /** This worker writes the stream no more. */
    public void writerEnded(StreamId id) {
        TurnState turn = turns.get(id);
        if (turn != null) {
            count(turn, turn.isOpen());
        }
    }

    private void count(TurnState turn, boolean runs) {
        if (turn.counted != runs) {
            turn.counted = runs;
            openByUser.merge(turn.id().user(), runs ? 1 : -1, (a, b) -> a + b == 0 ? null : a + b);
        }
    }

    private void over(SessionKey key, TurnState turn, long now) {
        if (turn.commandOffset == TurnState.NOT_ASKED) {
            remembered.doneUnasked(turn.firstEvent, now);
        } else {
            finish(turn, now);
        }
        SessionState session = session(key);
        session.changedAt = now;
        list(key, turn);
        kept.add(session, turn);
    }

    private void finish(TurnState turn, long now) {
        if (unfinished.remove(turn.commandOffset) != null) {
            unfinishedChars -= turn.command() == null ? 0 : turn.command().message().length();
            remembered.done(turn.commandOffset, now);
        }
    }

    /**
     * Folds {@code conversation_deleted}: what came before it in the session is forgotten. One that is written again changes nothing.
     */
    public void conversationDeleted(EventRecord.OfSession record, long now) {
        SessionKey key = record.session();
        Long command = record.command();
        Long writerFolded = record.folded();
        long event = record.offset();
        SessionState session = session(key);
        Long done = command == null && !session.deletions.isEmpty() ? session.deletions.getFirst() : command;
        SessionLog.Deletion deletion = sessionLogs.deleted(key, done, writerFolded, event);
        if (command != null) {
            Long lowest = lowestUnfinished();
            long needed = lowest == null ? commandsRead : Math.min(lowest, commandsRead);
            deletionCommands.values().removeIf(each -> each < needed);
            deletionCommands.put(event, command);
        }
        if (deletion.effect() == Effect.REPEATED) {
            return;
        }
        if (done != null) {
            deletionDone(session, done, writerFolded == null ? event : Math.min(event, writerFolded + 1), now);
        }
        turns.values().stream()
                .filter(turn -> key.equals(turn.session) && isDeleted(turn, done, deletion.effect()))
                .toList()
                .forEach(turn -> delete(turn, done, deletion, now));
        session.changedAt = now;
        session.deleted = true;
    }

    private static boolean isDeleted(TurnState turn, @Nullable Long command, Effect effect) {
        boolean earlier = command == null ? turn.isOver() : turn.commandOffset < command;
        return earlier && (effect == Effect.RESET || !(turn.isOver() || turn.isOpen()));
    }

    /** What was asked for is done with, and the id is new again. */
    private void delete(TurnState turn, @Nullable Long command, SessionLog.Deletion deletion, long now) {
        finish(turn, now);
        count(turn, false);
        kept.remove(turn);
        stoppedEarly.remove(turn.id(), turn);
        unlist(turn);
        forgetLater(turn);
        TurnState next = turn.next == null ? new TurnState(turn.id()) : turn.next;
        next.log = deletion.after(turn.log);
        next.awaited = null;
        next.after = Math.max(turn.after, command == null ? turn.commandOffset : command);
        turns.put(turn.id(), next);
        dropIfBlank(next);
    }

    /** Who reads the command must read its deletion, too. */
    private void deletionDone(SessionState session, Long command, long event, long now) {
        if (deletions.remove(command) != null) {
            session.deletions.remove(command);
            remembered.started(command, event);
            remembered.done(command, now);
            return;
        }
        remembered.startedUnasked(event);
        remembered.doneUnasked(event, now);
        deletedAhead.put(command, event);
        if (deletedAhead.size() > bounds.earlyStops()) {
            deletedAhead.remove(deletedAhead.keySet().iterator().next());
        }
    }

    /**
     * The turn is a repeat: a stream of its id was over before this state began. Later commands with its id are read again, for they repeat this
     * one no more: the conversation of that stream may have been deleted in between.
     *
     * @return whether there were such commands
     */
    public boolean markRepeat(TurnState turn, long now) {
        if (turn.command() == null) {
            return false;
        }
        SessionState session = session(turn.command().sessionKey());
        turn.repeatOfFinished = true;
        finish(turn, now);
        List<LaterCommand> again = takeLater(turn, now);
        kept.add(session, turn);
        again.forEach(each -> command(each.record(), each.seenAt()));
        return !again.isEmpty();
    }

    /** What was read after the turn's command with the same id, and is to be read again. */
    private List<LaterCommand> takeLater(TurnState turn, long now) {
        List<LaterCommand> all = new ArrayList<>(turn.later);
        forgetLater(turn);
        for (TurnState next = turn.next; next != null; next = next.next) {
            if (next.record != null) {
                all.add(new LaterCommand(next.record, next.seenAt));
            }
            all.addAll(next.later);
            forgetLater(next);
            finish(next, now);
            stoppedEarly.remove(next.id(), next);
            unlist(next);
        }
        turn.next = null;
        all.sort(Comparator.comparingLong(LaterCommand::offset));
        return all;
    }

    private void forgetLater(TurnState turn) {
        for (LaterCommand each : turn.later) {
            if (each.record().command() instanceof ChatStream chat) {
                unfinishedChars -= chat.message().length();
                session(chat.sessionKey()).undecided.remove(each.offset());
            }
        }
        turn.later.clear();
    }

    /**
     * No earlier stream has the turn's id: later commands with it are its repeats.
     *
     * @return whether there were such commands
     */
    public boolean markNew(TurnState turn) {
        boolean had = turn.hasLater();
        turn.setKnownNew();
        forgetLater(turn);
        return had;
    }

    /** Whether a deletion is asked for and not in the log. */
    public boolean isPending(long deletion) {
        return deletions.containsKey(deletion);
    }

    /** Whether a deletion of the session is asked for before a command, and not in the log. */
    public boolean hasPendingDeletion(SessionKey key, long before) {
        SessionState session = sessions.get(key);
        return session != null && session.hasDeletionBefore(before);
    }

    /**
     * The command of a deletion that this state has read; -1 if that is older than all that is unfinished.
     *
     * @param event the offset of the {@code conversation_deleted}
     */
    public long commandOfDeletion(long event) {
        return deletionCommands.getOrDefault(event, -1L);
    }

    /** What is asked and not over, in the order of the log. */
    public Collection<TurnState> unfinished() {
        return Collections.unmodifiableCollection(unfinished.values());
    }

    /** The unfinished turns of a session, oldest first. */
    public List<TurnState> unfinished(SessionKey key) {
        SessionState session = sessions.get(key);
        return session == null
                ? List.of()
                : session.turns.stream().filter(turn -> !turn.isOver()).toList();
    }

    /** Sessions to delete: nothing runs in them, and nobody has written the deletion. */
    public List<Deletion> deletable() {
        List<Deletion> found = new ArrayList<>();
        deletions.forEach((offset, wanted) -> {
            if (!session(wanted.session()).hasUnfinishedBefore(offset)) {
                found.add(new Deletion(offset, wanted.session(), folded));
            }
        });
        return found;
    }

    /** When this worker saw that one of {@link #deletable} is so. */
    long deletableSince(Deletion deletion) {
        RequestedDeletion wanted = deletions.get(deletion.command());
        long changedAt = session(deletion.session()).changedAt;
        return wanted == null ? changedAt : Math.max(wanted.seenAt(), changedAt);
    }

    /** The lowest offset of a command that still asks for something; null if none does. */
    public @Nullable Long lowestUnfinished() {
        Long turn = unfinished.isEmpty() ? null : unfinished.firstKey();
        Long deletion = deletions.isEmpty() ? null : deletions.firstKey();
        return turn == null || (deletion != null && deletion < turn) ? deletion : turn;
    }

    /** The text of all that is asked and not over, in UTF-16 units. */
    public long unfinishedChars() {
        return unfinishedChars;
    }

    /**
     * From where a worker must read to know what this one does of all that is unfinished or ended lately.
     *
     * @param commands the next command to read
     * @param events the next event to read
     * @param current whether commands are read as they come
     */
    public LogPosition position(long commands, long events, boolean current, long now) {
        return remembered.position(commands, events, current, now);
    }

    public @Nullable TurnState find(StreamId id) {
        return turns.get(id);
    }

    /** The finished turns of a session before a message, oldest first, as far as the state has them. */
    public List<PastTurn> past(SessionKey key, StreamId before) {
        List<PastTurn> past = new ArrayList<>();
        SessionState session = sessions.get(key);
        if (session == null) {
            return past;
        }
        for (TurnState turn : session.turns) {
            if (turn.id().equals(before)) {
                break;
            }
            if (turn.past != null) {
                past.add(turn.past);
            }
        }
        return past;
    }

    /** Whether a session was deleted since the state began, so that older stores may know too much. */
    public boolean wasDeleted(SessionKey key) {
        SessionState session = sessions.get(key);
        return session != null && session.deleted;
    }

    /** This worker was not reading for a while: whatever it did not hear since may well have been said. */
    public void resumedReading(long now, long sleptNanos) {
        resumedAt = now;
        remembered.slept(sleptNanos);
    }

    long resumedAt() {
        return resumedAt;
    }

    int openStreams(UserId user) {
        return openByUser.getOrDefault(user, 0);
    }

    SessionState session(SessionKey key) {
        return sessions.computeIfAbsent(key, _ -> new SessionState());
    }

    private TurnState turn(StreamId id) {
        return turns.computeIfAbsent(id, TurnState::new);
    }
}
