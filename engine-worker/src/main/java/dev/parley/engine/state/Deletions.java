package dev.parley.engine.state;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.log.SessionLog;
import dev.parley.schema.log.SessionLogs;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The deletions of a partition: which ones commands ask for, which ones are in the log, and which command each of those did. Command and
 * event may be read in either order. Not thread-safe.
 */
final class Deletions {
    private final Sessions sessions;
    private final UnfinishedCommands unfinished;
    private final CheckpointTracker checkpoints;
    private final int maxReadAhead;
    private final SessionLogs logs;
    /** By the offset of the event the offset of its command, where an unfinished message may be older. */
    private final TreeMap<Long, Long> commands = new TreeMap<>();
    /** By the offset of a command that was not read yet the offset of its event. */
    private final Map<Long, Long> readAhead = new LinkedHashMap<>();

    /** @param maxReadAhead events whose commands are not read yet; also sessions whose deletion is known */
    Deletions(Sessions sessions, UnfinishedCommands unfinished, CheckpointTracker checkpoints, int maxReadAhead) {
        this.sessions = sessions;
        this.unfinished = unfinished;
        this.checkpoints = checkpoints;
        this.maxReadAhead = maxReadAhead;
        this.logs = new SessionLogs(0, Math.max(1, maxReadAhead));
    }

    /** No event before this offset is read. */
    void beginsAt(long events) {
        logs.beginsAt(events);
    }

    /** Judges a record of a stream, with regard to the deletions of its session. */
    Verdict judge(StreamLog stream, EventRecord.OfStream record) {
        return logs.accept(record.session(), stream, record.entry());
    }

    /** The offset of the last command whose deletion of the session is in the log. */
    long deletedBy(SessionKey key) {
        return logs.of(key).deletedCommand();
    }

    /** A command asks for a deletion. @return whether its event is still to be written */
    boolean request(long command, SessionKey key, long now) {
        Long event = readAhead.remove(command);
        checkpoints.add(command);
        if (event != null) {
            checkpoints.commandRead(event);
            checkpoints.started(command, event);
            checkpoints.done(command, now);
            return false;
        }
        sessions.of(key).deletions.add(command);
        unfinished.addDeletion(command, key, now);
        return true;
    }

    /**
     * A {@code conversation_deleted} is in the log.
     *
     * @param command the offset of the command that it does; null if that is not known
     * @return what becomes of the session's streams
     */
    SessionLog.Deletion happened(EventRecord.OfSession record, @Nullable Long command) {
        SessionLog.Deletion deletion = logs.deleted(record.session(), command, record.folded(), record.offset());
        if (record.command() != null) {
            long needed = unfinished.finishedBelow();
            commands.values().removeIf(each -> each < needed);
            commands.put(record.offset(), record.command());
        }
        return deletion;
    }

    /** The command asks for nothing more: a worker that reads it must read its event, too. */
    void done(Long command, EventRecord.OfSession record, long now) {
        long event = record.offset();
        long firstEvent = record.folded() == null ? event : Math.min(event, record.folded() + 1);
        if (unfinished.removeDeletion(command)) {
            sessions.of(record.session()).deletions.remove(command);
            checkpoints.started(command, firstEvent);
            checkpoints.done(command, now);
            return;
        }
        checkpoints.startedWithoutCommand(firstEvent);
        checkpoints.doneWithoutCommand(firstEvent, now);
        readAhead.put(command, firstEvent);
        if (readAhead.size() > maxReadAhead) {
            readAhead.remove(readAhead.keySet().iterator().next());
        }
    }

    /** The command of a deletion; -1 if it is older than all that is unfinished. */
    long commandOf(long event) {
        return commands.getOrDefault(event, TurnState.UNKNOWN);
    }

    /** The deletions that may be written: nothing before their command is unfinished in their session. */
    List<PartitionState.Deletion> due(long folded) {
        List<PartitionState.Deletion> due = new ArrayList<>();
        unfinished.forEachDeletion((command, wanted) -> {
            if (!sessions.of(wanted.session()).hasUnfinishedBefore(command)) {
                due.add(new PartitionState.Deletion(command, wanted.session(), folded));
            }
        });
        return due;
    }

    /** When this worker saw that the deletion was due. */
    long dueSince(PartitionState.Deletion deletion) {
        UnfinishedCommands.Deletion wanted = unfinished.deletion(deletion.command());
        long changedAt = sessions.of(deletion.session()).changedAt;
        return wanted == null ? changedAt : Math.max(wanted.seenAt(), changedAt);
    }
}
