package dev.parley.cli;

import dev.parley.schema.audit.Origins;
import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.audit.StreamAuditor;
import dev.parley.schema.command.Command;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.SessionLog.Deletion.Effect;
import dev.parley.schema.log.SessionLogs;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The streams that began since a time, as far as Kafka has them, and the commands for them. Not thread-safe. */
final class LoggedStreams {

    /** How long a message may wait before its answer begins. */
    static final Duration MAX_WAIT = Duration.ofMinutes(10);

    /** For how many sessions of a partition deletions are known. */
    private static final int MAX_DELETED_SESSIONS = 10_000;

    private final Map<Integer, SessionLogs> partitions = new HashMap<>();
    private final Map<SessionKey, Set<StreamId>> askedIn = new HashMap<>();
    private final Map<SessionKey, Set<StreamId>> startedIn = new HashMap<>();
    private final Set<StreamId> deleted = new HashSet<>();
    private final Map<StreamId, Origins> origins = new HashMap<>();
    private final Map<StreamId, StreamAuditor> auditors = new LinkedHashMap<>();
    private @Nullable Instant wholeSince;

    private LoggedStreams() {}

    /** @throws TimeoutException if Kafka gives nothing for 30 s */
    static LoggedStreams since(Instant begin, Consumer<String, byte[]> consumer) throws TimeoutException {
        LoggedStreams all = new LoggedStreams();
        TopicReads.read(consumer, Topics.COMMANDS, begin.minus(MAX_WAIT), record -> {
            if (CommandRecords.read(record) instanceof Decoded.Ok<Command>(Command command)) {
                all.take(command, record.offset(), Instant.ofEpochMilli(record.timestamp()));
            }
        });
        all.wholeSince = TopicReads.read(consumer, Topics.EVENTS, begin, all::take);
        return all;
    }

    Collection<StreamAuditor> auditors() {
        return auditors.values();
    }

    boolean has(StreamId stream) {
        return auditors.containsKey(stream);
    }

    Origins origins(StreamId stream) {
        return origins.getOrDefault(stream, Origins.UNKNOWN);
    }

    /** The time from which on Kafka has all events, if it does not have all of the requested time; otherwise null. */
    @Nullable
    Instant wholeSince() {
        return wholeSince;
    }

    private void take(Command command, long offset, Instant at) {
        switch (command) {
            case Command.ChatStream chat -> {
                StreamId stream = new StreamId(chat.userId(), chat.messageId());
                askedIn.computeIfAbsent(chat.sessionKey(), _ -> new HashSet<>()).add(stream);
                take(stream, chat, offset, at);
            }
            case Command.StopGeneration stop -> take(new StreamId(stop.userId(), stop.messageId()), stop, offset, at);
            case Command.DeleteConversation delete ->
                askedIn.getOrDefault(delete.sessionKey(), Set.of()).forEach(stream -> take(stream, delete, offset, at));
        }
    }

    private void take(StreamId stream, Command command, long offset, Instant at) {
        origins.put(stream, origins(stream).plus(command, offset, at));
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        SessionLogs sessions = partitions.computeIfAbsent(
                record.partition(), _ -> new SessionLogs(record.offset(), MAX_DELETED_SESSIONS));
        if (EventHead.of(record) instanceof EventHead.OfSession(SessionKey session, Long command, Long folded)) {
            if (sessions.deleted(session, command, folded, record.offset()).effect() == Effect.RESET) {
                Set<StreamId> gone = startedIn.getOrDefault(session, Set.of());
                gone.forEach(auditors::remove);
                deleted.addAll(gone);
                startedIn.remove(session);
            }
        } else {
            RawRecords.seen(record).ifPresent(seen -> take(seen, sessions));
        }
    }

    private StreamLog before(StreamId stream) {
        return deleted.contains(stream) ? StreamLog.DELETED : StreamLog.EMPTY;
    }

    /** A stream that may have begun earlier is left out, because its first records may be missing. */
    private void take(SeenRecord seen, SessionLogs sessions) {
        StreamAuditor auditor = auditors.get(seen.stream());
        if (auditor == null
                && seen.entry() instanceof Entry.Start
                && sessions.accept(seen.session(), before(seen.stream()), seen.entry()) instanceof Verdict.Accepted) {
            auditor = new StreamAuditor(seen.stream());
            auditors.put(seen.stream(), auditor);
            startedIn.computeIfAbsent(seen.session(), _ -> new HashSet<>()).add(seen.stream());
        }
        if (auditor != null) {
            auditor.add(seen);
        }
    }
}
