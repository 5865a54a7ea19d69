package dev.parley.systemtests.log;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.SessionLog;
import dev.parley.schema.log.SessionLog.Deletion;
import dev.parley.schema.log.SessionLogs;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One stream as {@link StreamLog} and {@link SessionLog} read it from {@code chat.events}. A deletion of its session ends it, and a later
 * stream of the same id is another one.
 */
public final class StreamHistory {

    private static final JsonMapper JSON = new JsonMapper();

    private final StreamId id;
    private final SessionKey session;
    private final int partition;
    private final List<AcceptedEvent> events = new ArrayList<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private final Late late = new Late();
    private final Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);
    /** Earlier streams of the same id, whose sessions were deleted, oldest first. */
    private final List<StreamHistory> deletedBefore;

    private StreamLog state = StreamLog.EMPTY;
    private boolean over;
    private @Nullable Long deletedBy;

    /**
     * An accepted event that clients see.
     *
     * @param atMs the record's own time
     * @param data of the frame, which is the record's value
     */
    public record AcceptedEvent(long offset, long atMs, String type, byte[] value, JsonNode data) {}

    /**
     * The records of one writer of the stream.
     *
     * @param source {@code ce_source} of its first record
     * @param worker its id: {@code ce_workerid} of the start, {@code worker_id} of a takeover
     * @param atMs the time of its first record
     * @param fromSeq the seq of the first event that it could write
     */
    public record Attempt(String source, String worker, long offset, long atMs, long fromSeq) {}

    /**
     * Records that a worker wrote after another one had taken the stream over. They are found by their writer and position, not by their
     * claim, so that the rule about claims is not checked with itself.
     */
    public static final class Late {

        private final Set<String> losers = new HashSet<>();
        private final Map<String, Integer> accepted = new HashMap<>();
        private final Map<String, Integer> dropped = new HashMap<>();

        private void moved(String from, String to) {
            losers.add(from);
            losers.remove(to);
        }

        private void count(String source, boolean counts) {
            if (losers.contains(source)) {
                (counts ? accepted : dropped).merge(source, 1, Integer::sum);
            }
        }

        public int accepted(String source) {
            return accepted.getOrDefault(source, 0);
        }

        public int dropped(String source) {
            return dropped.getOrDefault(source, 0);
        }
    }

    private StreamHistory(EventHead.OfStream head, int partition, List<StreamHistory> deletedBefore) {
        this.id = head.stream();
        this.session = head.session();
        this.partition = partition;
        this.deletedBefore = deletedBefore;
    }

    /** The last stream of each id in the topic. The topic must have been read from before the first stream of the users in question. */
    public static Map<StreamId, StreamHistory> fold(Topic events) {
        Map<StreamId, StreamHistory> streams = new LinkedHashMap<>();
        Map<Integer, SessionLogs> sessions = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : events.records()) {
            SessionLogs known =
                    sessions.computeIfAbsent(record.partition(), _ -> new SessionLogs(0, Integer.MAX_VALUE));
            switch (EventHead.of(record)) {
                case EventHead.Unreadable _ -> {}
                case EventHead.OfSession head -> {
                    Deletion deletion = known.deleted(head.session(), head.command(), head.folded(), record.offset());
                    streams.values().stream()
                            .filter(stream -> stream.session.equals(head.session()))
                            .forEach(stream -> stream.delete(deletion, head));
                }
                case EventHead.OfStream head -> {
                    StreamHistory stream = streams.computeIfAbsent(
                            head.stream(), _ -> new StreamHistory(head, record.partition(), List.of()));
                    Verdict verdict = known.accept(head.session(), stream.state, head.entry());
                    if (verdict instanceof Verdict.Accepted && stream.isDeleted()) {
                        stream = new StreamHistory(head, record.partition(), stream.lives());
                        streams.put(head.stream(), stream);
                    }
                    stream.take(verdict, head, record);
                }
            }
        }
        return streams;
    }

    private void delete(Deletion deletion, EventHead.OfSession head) {
        state = deletion.after(state);
        if (deletion.effect() == Deletion.Effect.RESET && !isDeleted()) {
            deletedBy = Objects.requireNonNullElse(head.command(), 0L);
        }
    }

    /** All streams of the id, oldest first; this is the last one. */
    public List<StreamHistory> lives() {
        List<StreamHistory> all = new ArrayList<>(deletedBefore);
        all.add(this);
        return all;
    }

    /** Whether its session was deleted. */
    public boolean isDeleted() {
        return deletedBy != null;
    }

    /** How many turns each session has, without deleted ones. */
    public static Map<SessionKey, Long> turns(Collection<StreamHistory> streams) {
        return streams.stream()
                .collect(Collectors.groupingBy(
                        StreamHistory::session,
                        Collectors.filtering(stream -> !stream.isDeleted(), Collectors.counting())));
    }

    /** Whether the command at this offset asks for this stream, or for one that was deleted before. */
    boolean maybeAskedBy(long command) {
        return deletedBy == null || command < deletedBy;
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

    /** Element n has seq n if the log is correct. */
    public List<AcceptedEvent> events() {
        return events;
    }

    /** Its writers: {@code ce_source} of the start and of each takeover. */
    public List<String> writers() {
        return attempts.stream().map(Attempt::source).toList();
    }

    public List<Attempt> attempts() {
        return attempts;
    }

    public Late late() {
        return late;
    }

    public Map<DropReason, Integer> dropped() {
        return dropped;
    }

    public boolean isOver() {
        return over;
    }

    /** The content chunks, joined. */
    public String text() {
        return events.stream()
                .filter(event -> event.type().equals("content_chunk"))
                .map(event -> event.data().path("content").stringValue())
                .collect(Collectors.joining());
    }

    private void take(Verdict verdict, EventHead.OfStream head, ConsumerRecord<String, byte[]> record) {
        String source = sourceOf(record);
        switch (verdict) {
            case Verdict.Dropped(DropReason reason) -> {
                dropped.merge(reason, 1, Integer::sum);
                late.count(source, false);
            }
            case Verdict.Accepted(StreamLog after) -> {
                state = after;
                over = after instanceof StreamLog.Over;
                believe(head, record, source);
                late.count(source, true);
            }
        }
    }

    private void believe(EventHead.OfStream head, ConsumerRecord<String, byte[]> record, String source) {
        switch (head.entry()) {
            case Entry.Keepalive _, Entry.Released _ -> {}
            case Entry.Takeover _ -> {
                late.moved(attempts.getLast().source(), source);
                String worker = data(record).path("worker_id").stringValueOpt().orElse("?");
                attempts.add(new Attempt(source, worker, record.offset(), record.timestamp(), events.size()));
            }
            case Entry.Start _ -> {
                String worker = header(record, CloudEventHeaders.WORKER_ID);
                attempts.add(new Attempt(source, worker, record.offset(), record.timestamp(), 0));
                add(head.type(), record);
            }
            case Entry.Event _, Entry.Terminal _ -> add(head.type(), record);
        }
    }

    private void add(String type, ConsumerRecord<String, byte[]> record) {
        events.add(new AcceptedEvent(record.offset(), record.timestamp(), type, record.value(), data(record)));
    }

    private static JsonNode data(ConsumerRecord<String, byte[]> record) {
        return JSON.readTree(record.value()).path("data");
    }

    private static String sourceOf(ConsumerRecord<String, byte[]> record) {
        return header(record, "ce_source");
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return Objects.requireNonNullElse(CloudEventHeaders.text(record.headers(), name), "?");
    }
}
