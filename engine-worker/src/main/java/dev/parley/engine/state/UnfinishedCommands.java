package dev.parley.engine.state;

import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.id.SessionKey;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The commands of a partition that still ask for something: messages without an end, and deletions that are not in the log. Not thread-safe. */
final class UnfinishedCommands {
    private final CheckpointTracker checkpoints;
    private final TreeMap<Long, TurnState> messages = new TreeMap<>();
    private final TreeMap<Long, Deletion> deletions = new TreeMap<>();
    private long chars;
    private long readTo;

    /** @param seenAt when this worker read the command */
    record Deletion(SessionKey session, long seenAt) {}

    UnfinishedCommands(CheckpointTracker checkpoints) {
        this.checkpoints = checkpoints;
    }

    /** A message or a deletion was read, in the order of the log. */
    void read(long offset) {
        readTo = Math.max(readTo, offset + 1);
    }

    void add(TurnState turn, ChatStream message) {
        messages.put(turn.commandOffset, turn);
        hold(message);
    }

    /** The turn's message asks for nothing more. */
    void finish(TurnState turn, long now) {
        if (messages.remove(turn.commandOffset) != null) {
            ChatStream message = turn.command();
            if (message != null) {
                release(message);
            }
            checkpoints.done(turn.commandOffset, now);
        }
    }

    /** Counts the text of a message that is kept. */
    void hold(ChatStream message) {
        chars += message.message().length();
    }

    void release(ChatStream message) {
        chars -= message.message().length();
    }

    void addDeletion(long offset, SessionKey session, long now) {
        deletions.put(offset, new Deletion(session, now));
    }

    /** @return whether it was there */
    boolean removeDeletion(long offset) {
        return deletions.remove(offset) != null;
    }

    @Nullable
    Deletion deletion(long offset) {
        return deletions.get(offset);
    }

    void forEachDeletion(BiConsumer<Long, Deletion> visitor) {
        deletions.forEach(visitor);
    }

    /** The turns, in the order of their messages. */
    Collection<TurnState> turns() {
        return Collections.unmodifiableCollection(messages.values());
    }

    /** The lowest offset of a command that still asks for something; null if none does. */
    @Nullable
    Long lowest() {
        Long message = firstOf(messages);
        Long deletion = firstOf(deletions);
        return message == null || (deletion != null && deletion < message) ? deletion : message;
    }

    private static @Nullable Long firstOf(TreeMap<Long, ?> commands) {
        Map.Entry<Long, ?> first = commands.firstEntry();
        return first == null ? null : first.getKey();
    }

    /** No command below this offset asks for anything, and all of them were read. */
    long finishedBelow() {
        Long lowest = lowest();
        return lowest == null ? readTo : Math.min(lowest, readTo);
    }

    /** The text of all messages, in UTF-16 units. */
    long chars() {
        return chars;
    }
}
