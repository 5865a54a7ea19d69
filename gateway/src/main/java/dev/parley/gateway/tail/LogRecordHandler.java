package dev.parley.gateway.tail;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.chat.KnownMessageIds;
import dev.parley.gateway.chat.MessageRateLimit;
import dev.parley.gateway.connections.RemoteConnections;
import dev.parley.gateway.relay.EventRecord;
import dev.parley.gateway.relay.LoggedMessage;
import dev.parley.gateway.relay.RecordPosition;
import dev.parley.gateway.relay.Relay;
import dev.parley.schema.command.Command;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.ConnectionRecords;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Verdict.Dropped;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies the records that the tail reads to the relay, the known message ids, the rate limit and the remote connections. */
public final class LogRecordHandler {

    private static final Logger LOG = LoggerFactory.getLogger(LogRecordHandler.class);
    private static final long RATE_WINDOW_MS = 60_000;

    private final Relay relay;
    private final MessageRateLimit rate;
    private final KnownMessageIds knownIds;
    private final RemoteConnections remoteConnections;
    private final GatewayMetrics metrics;
    private final LongSupplier nowMs;

    /** @param nowMs a monotonic clock */
    public LogRecordHandler(
            Relay relay,
            MessageRateLimit rate,
            KnownMessageIds knownIds,
            RemoteConnections remoteConnections,
            GatewayMetrics metrics,
            LongSupplier nowMs) {
        this.relay = relay;
        this.rate = rate;
        this.knownIds = knownIds;
        this.remoteConnections = remoteConnections;
        this.metrics = metrics;
        this.nowMs = nowMs;
    }

    /**
     * To be called once, before the first record.
     *
     * @param commandPartitions number of partitions of {@code chat.commands}
     * @param eventsFrom the first offset that is read in each partition of {@code chat.events}
     */
    void begin(int commandPartitions, Map<Integer, Long> eventsFrom) {
        knownIds.begin(commandPartitions);
        eventsFrom.forEach(relay::readFrom);
    }

    /**
     * Applies a record. One that cannot be applied is skipped, whatever is in it.
     *
     * @param warm whether all is read that was in the log at the start
     */
    void onRecord(ConsumerRecord<String, byte[]> record, boolean warm) {
        try {
            switch (record.topic()) {
                case Topics.EVENTS -> onEvent(record, warm);
                case Topics.COMMANDS -> onCommand(record, warm);
                default -> onConnections(record, warm);
            }
        } catch (RuntimeException e) {
            countUnreadable(warm);
            LOG.error(
                    "Record {}-{}@{} cannot be relayed and is skipped: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getClass().getName());
        }
    }

    /** Records that were in the log at the start were counted when they were written. */
    private void countUnreadable(boolean warm) {
        if (warm) {
            metrics.unreadable();
        }
    }

    private void onEvent(ConsumerRecord<String, byte[]> record, boolean warm) {
        switch (EventHead.of(record)) {
            case EventHead.OfStream head -> {
                EventRecord event = new EventRecord(head.type(), record.value(), record.timestamp());
                if (relay.onEvent(position(record), head, event, nowMs.getAsLong()) instanceof Dropped(var reason)
                        && warm) {
                    metrics.dropped(reason);
                }
            }
            case EventHead.OfSession head -> {
                Long command = head.command();
                if (command != null) {
                    knownIds.onConversationDeleted(record.partition(), command, head.session());
                }
                if (relay.onDeleted(position(record), head, record.value())) {
                    rate.onDeleted(head.session());
                }
            }
            case EventHead.Unreadable _ -> countUnreadable(warm);
        }
    }

    private static RecordPosition position(ConsumerRecord<String, byte[]> record) {
        return new RecordPosition(record.partition(), record.offset());
    }

    private void onCommand(ConsumerRecord<String, byte[]> record, boolean warm) {
        if (CommandRecords.read(record) instanceof Decoded.Ok<Command>(Command command)) {
            knownIds.add(record.partition(), record.offset(), command);
            if (command instanceof Command.ChatStream chat) {
                onChat(chat, record, warm);
            }
        }
        knownIds.onRead(record.partition(), record.offset());
    }

    /** A command that repeats an earlier one requests nothing: the earlier one has the stream. */
    private void onChat(Command.ChatStream chat, ConsumerRecord<String, byte[]> record, boolean warm) {
        StreamId id = new StreamId(chat.userId(), chat.messageId());
        if (knownIds.hasCommandBefore(id, record.offset())) {
            return;
        }
        if (warm || System.currentTimeMillis() - record.timestamp() < RATE_WINDOW_MS) {
            rate.onLogged(id, chat.sessionId());
        }
        LoggedMessage message = new LoggedMessage(record.offset(), record.timestamp(), chat.message());
        relay.onRequested(id, chat.sessionKey(), message, nowMs.getAsLong());
    }

    /** While the tail is not warm, an announcement may be old and its gateway stopped: it counts from the time of its record. */
    private void onConnections(ConsumerRecord<String, byte[]> record, boolean warm) {
        long ageMs = warm ? 0 : Math.max(0, System.currentTimeMillis() - record.timestamp());
        ConnectionRecords.read(record)
                .ifPresent(announcement -> remoteConnections.onAnnouncement(announcement, nowMs.getAsLong() - ageMs));
    }

    /** Evicts what is too old. @param lag number of records that were not read yet */
    void sweep(long lag) {
        relay.sweep(nowMs.getAsLong());
        metrics.behind(lag);
        rate.sweep();
    }

    /** Number of streams in the hot window. */
    int windowStreams() {
        return relay.streams().size();
    }
}
