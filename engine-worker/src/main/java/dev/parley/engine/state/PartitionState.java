package dev.parley.engine.state;

import dev.parley.prompt.PastTurn;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.Command.DeleteConversation;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.log.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The fold of one partition of {@code chat.commands} and {@code chat.events}: the sessions, their messages in order, and how far each answer
 * is. It is a function of the records alone, except that it keeps the times at which this worker read them.
 *
 * <p>What is over is kept within bounds, for the next prompts and to recognize repeats. Not thread-safe.
 */
public final class PartitionState {
    private final Sessions sessions = new Sessions();
    private final CheckpointTracker checkpoints;
    private final Turns turns;
    private final UnfinishedCommands unfinished;
    private final LaterCommands later;
    private final Deletions deletions;
    private final FinishedTurns finished;
    private final OpenStreams open = new OpenStreams();
    private final CommandFold commandFold;
    private final EventFold eventFold;
    private long resumedAt = Long.MIN_VALUE;
    private long folded = -1;

    /**
     * @param keptChars text of finished turns
     * @param keptTurnsPerSession finished turns that keep their text
     * @param forgottenTurns finished turns of which only the id is known, to recognize repeats
     * @param earlyStops stops whose message has not come
     * @param memory how long what is over is known to a worker that reads from {@link #position}
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
     * A deletion to write.
     *
     * @param command the offset of the command that asks for it
     * @param folded the highest offset of the events that were folded when it was seen to be due; -1 for none
     */
    public record Deletion(long command, SessionKey session, long folded) {}

    public PartitionState(Bounds bounds) {
        checkpoints = new CheckpointTracker(bounds.memory());
        turns = new Turns(bounds.earlyStops());
        unfinished = new UnfinishedCommands(checkpoints);
        later = new LaterCommands(sessions, turns, unfinished);
        deletions = new Deletions(sessions, unfinished, checkpoints, bounds.earlyStops());
        finished = new FinishedTurns(bounds, turns, sessions);
        commandFold = new CommandFold(sessions, turns, unfinished, later, deletions, finished, checkpoints);
        eventFold = new EventFold(
                sessions, turns, unfinished, later, deletions, finished, open, checkpoints, bounds.pause());
    }

    /** No event before this offset is read. */
    public void beginsAt(long events) {
        deletions.beginsAt(events);
        folded = Math.max(folded, events - 1);
    }

    /** An event is about to be folded, or cannot be. */
    public void reached(long event) {
        folded = event;
    }

    /** The highest offset of the events that were folded; -1 for none. */
    public long folded() {
        return folded;
    }

    /** Folds the next command. A stop may be folded before its turn, and again in it. */
    public void command(CommandRecord.Readable record, long now) {
        switch (record.command()) {
            case ChatStream message -> commandFold.message(record, message, now);
            case StopGeneration stop -> commandFold.stop(record, stop, now);
            case DeleteConversation delete -> commandFold.deletion(record.offset(), delete.sessionKey(), now);
        }
    }

    /** Folds the next record of a stream, if it counts. */
    public Verdict event(EventRecord.OfStream record, long now) {
        return eventFold.stream(record, now);
    }

    /** Folds {@code conversation_deleted}: what came before it in the session is forgotten. One that is written again changes nothing. */
    public void conversationDeleted(EventRecord.OfSession record, long now) {
        eventFold.deletion(record, now);
    }

    /**
     * The turn is a repeat: a stream of its id was over before this state began. Later commands with its id are folded again, because they no
     * longer repeat this one: the conversation of that stream may have been deleted in between.
     *
     * @return whether there were such commands
     */
    public boolean markRepeat(TurnState turn, long now) {
        ChatStream message = turn.command();
        if (message == null) {
            return false;
        }
        SessionState session = sessions.of(message.sessionKey());
        turn.isRepeat = true;
        unfinished.finish(turn, now);
        List<LaterCommands.Held> again = later.take(turn, now);
        finished.add(session, turn);
        again.forEach(each -> command(each.record(), each.seenAt()));
        return !again.isEmpty();
    }

    /**
     * No earlier stream has the turn's id: later commands with it are its repeats.
     *
     * @return whether there were such commands
     */
    public boolean markNew(TurnState turn) {
        boolean had = turn.hasLater();
        turn.isKnownNew = true;
        later.drop(turn);
        return had;
    }

    /** A stop that came before the turn's message meant an earlier turn with the same id, which was deleted since. */
    public void forgetEarlyStop(TurnState turn) {
        turn.forgetEarlyStop();
        turns.removeEarlyStop(turn);
    }

    /** This worker is about to write the stream's first record: the user's streams count it from now on. */
    public void writerStarted(StreamId id) {
        open.count(turns.of(id), true);
    }

    /** This worker writes the stream no more. */
    public void writerEnded(StreamId id) {
        TurnState turn = turns.find(id);
        if (turn != null) {
            open.count(turn, turn.isOpen());
        }
    }

    /** This worker did not read for a while: what is silent since then may only not have been read. */
    public void resumedReading(long now, long sleptNanos) {
        resumedAt = now;
        checkpoints.slept(sleptNanos);
    }

    long resumedAt() {
        return resumedAt;
    }

    public @Nullable TurnState find(StreamId id) {
        return turns.find(id);
    }

    /** The turns that are not over, in the order of their messages. */
    public Collection<TurnState> unfinished() {
        return unfinished.turns();
    }

    /** The unfinished turns of a session, oldest first. */
    public List<TurnState> unfinished(SessionKey key) {
        SessionState session = sessions.find(key);
        return session == null
                ? List.of()
                : session.turns.stream().filter(turn -> !turn.isOver()).toList();
    }

    /** The lowest offset of a command that still asks for something; null if none does. */
    public @Nullable Long lowestUnfinished() {
        return unfinished.lowest();
    }

    /** The text of all unfinished messages, in UTF-16 units. */
    public long unfinishedChars() {
        return unfinished.chars();
    }

    /** When this worker read the oldest message whose turn it is and that no worker has started, in its monotonic nanoseconds. */
    public OptionalLong oldestNotStarted() {
        for (TurnState turn : unfinished.turns()) {
            ChatStream message = turn.command();
            if (message != null && turn.isNotStarted() && !waitsForEarlier(turn, message)) {
                return OptionalLong.of(turn.seenAt);
            }
        }
        return OptionalLong.empty();
    }

    private boolean waitsForEarlier(TurnState turn, ChatStream message) {
        boolean takesTurns = message.onBusy() == OnBusy.ENQUEUE || message.onBusy() == OnBusy.INTERRUPT;
        return takesTurns && session(message.sessionKey()).hasUnfinishedBefore(turn.commandOffset);
    }

    /** From a command's record to its start's, by the times of the two records; empty if this state did not read the command. */
    public Optional<Duration> startedAfter(StreamId id, long startMs) {
        TurnState turn = turns.find(id);
        return turn == null || turn.askedAt() == null
                ? Optional.empty()
                : Optional.of(
                        Duration.ofMillis(Math.max(0, startMs - turn.askedAt().toEpochMilli())));
    }

    /** The finished turns of a session before a message, oldest first, as far as they are kept. */
    public List<PastTurn> past(SessionKey key, StreamId before) {
        List<PastTurn> past = new ArrayList<>();
        SessionState session = sessions.find(key);
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

    /** Whether a session was deleted since the state began: then the store may still have what was deleted. */
    public boolean wasDeleted(SessionKey key) {
        SessionState session = sessions.find(key);
        return session != null && session.deleted;
    }

    /** The deletions that may be written: nothing before their command is unfinished in their session. */
    public List<Deletion> deletable() {
        return deletions.due(folded);
    }

    /** When this worker saw that one of {@link #deletable} may be written. */
    long deletableSince(Deletion deletion) {
        return deletions.dueSince(deletion);
    }

    /** Whether a deletion is asked for and not in the log. */
    public boolean isPending(long deletion) {
        return unfinished.deletion(deletion) != null;
    }

    /** Whether a deletion of the session is asked for before a command, and not in the log. */
    public boolean hasPendingDeletion(SessionKey key, long before) {
        SessionState session = sessions.find(key);
        return session != null && session.hasDeletionBefore(before);
    }

    /** The command of the {@code conversation_deleted} at this offset; -1 if that is older than all that is unfinished. */
    public long commandOfDeletion(long event) {
        return deletions.commandOf(event);
    }

    /** Whether the turn may not begin before a deletion is in the log, which deletes the stream that has its id. */
    boolean awaitsDeletion(TurnState turn) {
        TurnState.AwaitedDeletion awaited = turn.awaitedDeletion;
        return awaited != null && deletions.deletedBy(awaited.session()) < awaited.command();
    }

    /**
     * From where a worker must read to know what this one does of all that is unfinished or ended lately.
     *
     * @param commands the next command to read
     * @param events the next event to read
     * @param current whether commands are read as they come
     */
    public LogPosition position(long commands, long events, boolean current, long now) {
        return checkpoints.position(commands, events, current, now);
    }

    int openStreams(UserId user) {
        return open.of(user);
    }

    SessionState session(SessionKey key) {
        return sessions.of(key);
    }
}
