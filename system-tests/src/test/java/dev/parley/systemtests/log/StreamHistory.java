package dev.parley.systemtests.log;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One stream as the rule of {@link StreamLog} reads it from {@code chat.events}. */
public final class StreamHistory {

    private static final JsonMapper JSON = new JsonMapper();

    private final StreamId id;
    private final SessionKey session;
    private final int partition;
    private final List<AcceptedEvent> events = new ArrayList<>();
    private final List<String> writers = new ArrayList<>();
    private final Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);
    private StreamLog state = StreamLog.EMPTY;

    /**
     * An accepted event that clients see.
     *
     * @param data of the frame, which is the record's value
     */
    public record AcceptedEvent(long offset, String type, byte[] value, JsonNode data) {}

    private StreamHistory(EventHead.OfStream head, int partition) {
        this.id = head.stream();
        this.session = head.session();
        this.partition = partition;
    }

    /** All streams of the topic. */
    public static Map<StreamId, StreamHistory> fold(Topic events) {
        Map<StreamId, StreamHistory> streams = new LinkedHashMap<>();
        for (ConsumerRecord<String, byte[]> record : events.records()) {
            if (EventHead.of(record) instanceof EventHead.OfStream head) {
                streams.computeIfAbsent(head.stream(), id -> new StreamHistory(head, record.partition()))
                        .take(head, record);
            }
        }
        return streams;
    }

    public StreamId id() {
        return id;
    }

    public SessionKey session() {
        return session;
    }

    public int partition() {
        return partition;
    }

    /** Element n has seq n if the log is right. */
    public List<AcceptedEvent> events() {
        return events;
    }

    /** Who wrote it: {@code ce_source} of the start and of each takeover. */
    public List<String> writers() {
        return writers;
    }

    public Map<DropReason, Integer> dropped() {
        return dropped;
    }

    public boolean isOver() {
        return state instanceof StreamLog.Over;
    }

    /** The content chunks, joined. */
    public String text() {
        return events.stream()
                .filter(event -> event.type().equals("content_chunk"))
                .map(event -> event.data().path("content").stringValue())
                .collect(Collectors.joining());
    }

    private void take(EventHead.OfStream head, ConsumerRecord<String, byte[]> record) {
        switch (state.accept(head.entry())) {
            case Verdict.Dropped(DropReason reason) -> dropped.merge(reason, 1, Integer::sum);
            case Verdict.Accepted(StreamLog after) -> {
                state = after;
                believe(head, record);
            }
        }
    }

    private void believe(EventHead.OfStream head, ConsumerRecord<String, byte[]> record) {
        switch (head.entry()) {
            case Entry.Keepalive _, Entry.Released _ -> {}
            case Entry.Takeover _ -> writers.add(writerOf(record));
            case Entry.Start _ -> {
                writers.add(writerOf(record));
                add(head.type(), record);
            }
            case Entry.Event _, Entry.Terminal _ -> add(head.type(), record);
        }
    }

    private void add(String type, ConsumerRecord<String, byte[]> record) {
        JsonNode data = JSON.readTree(record.value()).path("data");
        events.add(new AcceptedEvent(record.offset(), type, record.value(), data));
    }

    private static String writerOf(ConsumerRecord<String, byte[]> record) {
        return Objects.requireNonNullElse(CloudEventHeaders.text(record.headers(), "ce_source"), "?");
    }
}
