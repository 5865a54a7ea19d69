package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.StreamLog;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stream in this gateway's memory: its state, its buffered events and the connections that follow it.
 *
 * <p>One thread appends; any number of writers read, each at its own seq. A reader that asks for one seq after the other gets every accepted
 * event once and in order, whether the event was appended before the reader came or is appended later.
 */
public final class BufferedStream {

    private final StreamId id;
    private final boolean past;

    // Guarded by the relay's lock.
    private SessionKey session;
    private boolean requested;
    private long touchedAtMs;
    private @Nullable RecordPosition startedAt;
    private final Set<ConnectionQueue> followers = new LinkedHashSet<>();

    // Guarded by this object's lock: writers read while the tail appends.
    private @Nullable LoggedMessage command;
    private StreamLog log = StreamLog.EMPTY;
    private List<EventRecord> records = new ArrayList<>();
    private long firstBufferedSeq;
    private long bytes;
    private boolean deleted;
    private int readers;
    private PastStreamMemory.@Nullable Allocation allocation;

    BufferedStream(StreamId id, SessionKey session, long nowMs) {
        this(id, session, nowMs, false);
    }

    private BufferedStream(StreamId id, SessionKey session, long nowMs, boolean past) {
        this.past = past;
        this.id = id;
        this.session = session;
        this.touchedAtMs = nowMs;
    }

    /**
     * A stream from the archive. No events follow, whether it has a terminal event or not. It is not in the hot window: only its readers hold
     * it.
     *
     * @param log the state after the last event
     * @param fromSeq the seq of the first of {@code records}
     * @param records the accepted events from there to the last
     * @param allocation released when the last reader calls {@link #release}. The caller is the first reader
     */
    public static BufferedStream past(
            StreamId id,
            SessionKey session,
            StreamLog log,
            long fromSeq,
            List<EventRecord> records,
            PastStreamMemory.Allocation allocation) {
        BufferedStream stream = new BufferedStream(id, session, 0, true);
        stream.firstBufferedSeq = fromSeq;
        stream.moveTo(log);
        records.forEach(record -> stream.append(log, record));
        stream.allocation = allocation;
        stream.retain();
        return stream;
    }

    /** Adds a reader, which must call {@link #release} once. */
    synchronized void retain() {
        readers++;
    }

    /** Removes a reader. */
    public synchronized void release() {
        readers--;
        if (readers == 0 && allocation != null) {
            allocation.release();
            allocation = null;
        }
    }

    /** The hot window drops it. Its readers may read to the end if {@code memory} has room; otherwise they must resume from the archive. */
    synchronized void onEvicted(PastStreamMemory memory) {
        if (readers == 0) {
            return;
        }
        allocation = memory.allocate(bytes);
        if (allocation == null) {
            evictOldest(0);
        }
    }

    /** Whether it is from the archive. */
    boolean isPast() {
        return past;
    }

    public StreamId id() {
        return id;
    }

    /** The session of the first record; before that, the session of the command. */
    public SessionKey session() {
        return session;
    }

    synchronized StreamLog log() {
        return log;
    }

    /** The number of accepted events, which is the seq of the next one. */
    synchronized long length() {
        return log.length();
    }

    synchronized boolean isOver() {
        return past || log instanceof StreamLog.Over;
    }

    /** Whether no event follows the one with this seq. */
    public synchronized boolean endsWith(long seq) {
        return isOver() && seq + 1 == log.length();
    }

    /** Whether it has its terminal event; a stream from the archive may lack it. */
    public synchronized boolean hasTerminal() {
        return log instanceof StreamLog.Over;
    }

    synchronized boolean hasNoEvents() {
        return log.length() == 0;
    }

    synchronized boolean isOpen() {
        return log instanceof StreamLog.Open;
    }

    /** Whether this gateway may have missed the start and so cannot judge the records: only the archive has the stream. */
    synchronized boolean isUnknown() {
        return log instanceof StreamLog.Unknown;
    }

    /** The conversation was deleted. Readers may read what is buffered; the id may belong to another stream from now on. */
    synchronized void markDeleted() {
        deleted = true;
    }

    synchronized boolean isDeleted() {
        return deleted;
    }

    /** The event with this seq; null if it is not there yet or was evicted. */
    synchronized @Nullable EventRecord at(long seq) {
        long index = seq - firstBufferedSeq;
        return index >= 0 && index < records.size() ? records.get((int) index) : null;
    }

    /** What a reader finds at a seq. One atomic look, because the end could come between two. */
    synchronized Look look(long seq) {
        EventRecord record = at(seq);
        if (record != null) {
            return new Look.Event(record);
        }
        if (hasEvicted(seq)) {
            return new Look.Evicted();
        }
        return isOver() ? new Look.End() : new Look.NotYet();
    }

    /** See {@link #look}. */
    sealed interface Look {
        record Event(EventRecord record) implements Look {}

        /** The event was accepted and is not buffered any more. */
        record Evicted() implements Look {}

        /** The stream is over before this seq. */
        record End() implements Look {}

        record NotYet() implements Look {}
    }

    /** Whether the event with this seq was accepted and is not buffered any more. */
    synchronized boolean hasEvicted(long seq) {
        return log instanceof StreamLog.Unknown || seq < firstBufferedSeq;
    }

    synchronized long bytes() {
        return bytes + (command == null ? 0 : 2L * command.message().length());
    }

    synchronized int bufferedEvents() {
        return records.size();
    }

    synchronized void moveTo(StreamLog after) {
        log = after;
    }

    synchronized void append(StreamLog after, EventRecord record) {
        log = after;
        records.add(record);
        bytes += record.value().length;
    }

    /**
     * Drops the oldest events from memory; the stream's length stays.
     *
     * @param minBytesLeft so many bytes of the newest events stay, if there are as many
     */
    synchronized void evictOldest(long minBytesLeft) {
        int evicted = 0;
        while (evicted < records.size() && bytes - records.get(evicted).value().length >= minBytesLeft) {
            bytes -= records.get(evicted).value().length;
            evicted++;
        }
        firstBufferedSeq += evicted;
        records = new ArrayList<>(records.subList(evicted, records.size()));
    }

    /** The stream that replaces this one in the hot window when the conversation is deleted: without events and followers. */
    synchronized BufferedStream afterDeletion(StreamLog after) {
        BufferedStream copy = new BufferedStream(id, session, touchedAtMs);
        copy.log = after;
        return copy;
    }

    /** Whether its command was read, or published by this gateway. */
    boolean isRequested() {
        return requested;
    }

    void setRequested() {
        requested = true;
    }

    /** The user's message; null before the command is read and after the stream is over. */
    synchronized @Nullable LoggedMessage command() {
        return command;
    }

    synchronized void setCommand(@Nullable LoggedMessage read) {
        command = read;
    }

    /** The position of its start; null if it has not started. */
    @Nullable
    RecordPosition startedAt() {
        return startedAt;
    }

    void setStartedAt(RecordPosition position) {
        startedAt = position;
    }

    void setSession(SessionKey actual) {
        session = actual;
    }

    /** When its last command or record was read, in ms of a monotonic clock. */
    long touchedAtMs() {
        return touchedAtMs;
    }

    void touch(long nowMs) {
        touchedAtMs = nowMs;
    }

    Set<ConnectionQueue> followers() {
        return followers;
    }
}
