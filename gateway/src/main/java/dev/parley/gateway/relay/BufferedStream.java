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
 * One stream as this gateway knows it: its fold, its events as far as they are kept, and who follows it.
 *
 * <p>The tail appends, any number of writers read with a seq of their own. A reader that asks for each seq in turn sees every
 * accepted event once and in order, whether the event was there before it came or arrives later: that is the whole of resuming.
 */
public final class BufferedStream {

    private final StreamId id;
    private final boolean past;

    // Guarded by the relay's lock.
    private SessionKey session;
    private boolean asked;
    private @Nullable LoggedMessage command;
    private long touchedAtMs;
    private @Nullable RecordPosition startedAt;
    private final Set<ConnectionQueue> followers = new LinkedHashSet<>();

    // Guarded by this object's own lock: writers read while the tail appends.
    private StreamLog log = StreamLog.EMPTY;
    private List<EventRecord> records = new ArrayList<>();
    private long firstKept;
    private long bytes;
    private boolean deleted;
    private int holders;
    private PastStreamMemory.@Nullable Share share;

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
     * A stream of which nothing more comes, whether it has an end or not. It is in no window: its readers alone hold it.
     *
     * @param records all accepted events, in order
     * @param share what they count for; given back when the last holder lets go. The caller is the first one, see {@link #release}
     */
    public static BufferedStream past(
            StreamId id, SessionKey session, StreamLog log, List<EventRecord> records, PastStreamMemory.Share share) {
        BufferedStream stream = new BufferedStream(id, session, 0, true);
        records.forEach(record -> stream.append(log, record));
        stream.share = share;
        stream.hold();
        return stream;
    }

    /** A reader holds it from now on, until it calls {@link #release}. */
    synchronized void hold() {
        holders++;
    }

    /** A holder does not read it any more. */
    public synchronized void release() {
        holders--;
        if (holders == 0 && share != null) {
            share.giveBack();
            share = null;
        }
    }

    /** It leaves the window. Who still reads it may read it to its end where there is room for that, else must resume out of the archive. */
    synchronized void leaveWindow(PastStreamMemory room) {
        if (holders == 0) {
            return;
        }
        share = room.take(bytes);
        if (share == null) {
            forgetOldest(0);
        }
    }

    /** Whether it came out of the archive. */
    boolean isPast() {
        return past;
    }

    public StreamId id() {
        return id;
    }

    /** The session of the stream's first record. */
    public SessionKey session() {
        return session;
    }

    synchronized StreamLog log() {
        return log;
    }

    /** How many events were accepted; also the seq of the next one. */
    synchronized long length() {
        return log.length();
    }

    synchronized boolean isOver() {
        return past || log instanceof StreamLog.Over;
    }

    /** Whether the event with this seq ended the stream. */
    public synchronized boolean endsWith(long seq) {
        return isOver() && seq + 1 == log.length();
    }

    /** Whether its terminal event has come; a stream out of the archive may have none. */
    public synchronized boolean hasTerminal() {
        return log instanceof StreamLog.Over;
    }

    /** Whether it has no event yet. */
    synchronized boolean isSilent() {
        return log.length() == 0;
    }

    synchronized boolean isOpen() {
        return log instanceof StreamLog.Open;
    }

    /** Whether this gateway cannot judge its records, as it may have missed its start: only the archive has it. */
    synchronized boolean isUnknown() {
        return log instanceof StreamLog.Unknown;
    }

    /** Its conversation was deleted: who reads it may read what is left, and the id is another stream's. */
    synchronized void markDeleted() {
        deleted = true;
    }

    synchronized boolean isDeleted() {
        return deleted;
    }

    /** The event with this seq, or null if it has not come yet, or is not kept any more. */
    synchronized @Nullable EventRecord at(long seq) {
        long index = seq - firstKept;
        return index >= 0 && index < records.size() ? records.get((int) index) : null;
    }

    /** What a reader finds at a seq. In one look: between two the end could come. */
    synchronized Look look(long seq) {
        EventRecord record = at(seq);
        if (record != null) {
            return new Look.Event(record);
        }
        if (hasForgotten(seq)) {
            return new Look.Forgotten();
        }
        return isOver() ? new Look.End() : new Look.NotYet();
    }

    /** See {@link #look}. */
    sealed interface Look {
        record Event(EventRecord record) implements Look {}

        /** It came and is not kept any more. */
        record Forgotten() implements Look {}

        /** The stream is over, and nothing comes there. */
        record End() implements Look {}

        record NotYet() implements Look {}
    }

    /** Whether the event with this seq came and was forgotten. */
    synchronized boolean hasForgotten(long seq) {
        return log instanceof StreamLog.Unknown || seq < firstKept;
    }

    synchronized long bytes() {
        return bytes + (command == null ? 0 : 2L * command.message().length());
    }

    /** How many events are kept. */
    synchronized int kept() {
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
     * Forgets the oldest events, not that they were.
     *
     * @param bytesKept of the newest, at least, if there are as many
     */
    synchronized void forgetOldest(long bytesKept) {
        int gone = 0;
        while (gone < records.size() && bytes - records.get(gone).value().length >= bytesKept) {
            bytes -= records.get(gone).value().length;
            gone++;
        }
        firstKept += gone;
        records = new ArrayList<>(records.subList(gone, records.size()));
    }

    /** What takes this one's place when its conversation is deleted. Who reads this one may read what there is of it. */
    synchronized BufferedStream afterDeletion(StreamLog after) {
        BufferedStream copy = new BufferedStream(id, session, touchedAtMs);
        copy.log = after;
        return copy;
    }

    boolean isAsked() {
        return asked;
    }

    void setAsked() {
        asked = true;
    }

    /** What was asked, until it is over. */
    synchronized @Nullable LoggedMessage command() {
        return command;
    }

    synchronized void setCommand(@Nullable LoggedMessage said) {
        command = said;
    }

    /** Where its start stands, if it has one. */
    @Nullable
    RecordPosition startedAt() {
        return startedAt;
    }

    void setStartedAt(RecordPosition place) {
        startedAt = place;
    }

    void setSession(SessionKey actual) {
        session = actual;
    }

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
