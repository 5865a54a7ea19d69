package dev.parley.cli;

import dev.parley.schema.audit.Origins;
import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.audit.StreamAuditor;
import dev.parley.schema.command.Command;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;

/** All streams that began since a time, as far as Kafka has them, and who asked for which. Not thread-safe. */
final class LoggedStreams {

    /** Longest that a message waits before its answer begins. */
    static final Duration WAITED = Duration.ofMinutes(10);

    private final Map<StreamId, Origins> origins = new HashMap<>();
    private final Map<StreamId, StreamAuditor> auditors = new LinkedHashMap<>();
    private @Nullable Instant wholeSince;

    private LoggedStreams() {}

    /** @throws TimeoutException if the brokers give nothing for long */
    static LoggedStreams since(Instant begin, KafkaConsumer<String, byte[]> consumer) throws TimeoutException {
        LoggedStreams all = new LoggedStreams();
        Topic.read(consumer, Topics.COMMANDS, begin.minus(WAITED), record -> {
            if (CommandRecords.read(record) instanceof Decoded.Ok<Command>(Command command)) {
                all.take(command, record.offset(), Instant.ofEpochMilli(record.timestamp()));
            }
        });
        all.wholeSince = Topic.read(
                consumer,
                Topics.EVENTS,
                begin,
                record -> RawRecords.seen(record).ifPresent(all::take));
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

    /** From when on Kafka has all events, if it has not all that were asked for; else null. */
    @Nullable
    Instant wholeSince() {
        return wholeSince;
    }

    private void take(Command command, long offset, Instant at) {
        switch (command) {
            case Command.ChatStream chat -> take(new StreamId(chat.userId(), chat.messageId()), chat, offset, at);
            case Command.StopGeneration stop -> take(new StreamId(stop.userId(), stop.messageId()), stop, offset, at);
            case Command.DeleteConversation _ -> {}
        }
    }

    private void take(StreamId stream, Command command, long offset, Instant at) {
        origins.put(stream, origins(stream).plus(command, offset, at));
    }

    /** A stream that began before is not seen whole, so it is left out. */
    private void take(SeenRecord seen) {
        StreamAuditor auditor = auditors.get(seen.stream());
        if (auditor == null && seen.entry() instanceof Entry.Start) {
            auditor = new StreamAuditor(seen.stream());
            auditors.put(seen.stream(), auditor);
        }
        if (auditor != null) {
            auditor.add(seen);
        }
    }
}
