package dev.parley.gateway.http;

import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.relay.CloseReason;
import dev.parley.gateway.relay.ConnectionQueue;
import dev.parley.gateway.relay.QueueItem;
import dev.parley.schema.id.StreamId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream as server-sent events, live or from the archive. A thread of its own writes the items of its {@link ConnectionQueue} until the stream
 * ends. If the client disconnects, generation goes on.
 */
final class SseResponse {

    /** The socket is flushed after so many live events, even if more are ready. */
    private static final int FLUSH_EVENTS = 64;

    private static final byte[] EVENT_END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Semaphore work = new Semaphore(0);
    private final Caller owner;
    private final StreamId stream;
    private final ConnectionQueue queue;
    private final FinalEvents finalEvents;
    private final Duration heartbeat;
    private final ReplayPace pace;
    private final ReplayPauses pauses;
    private final LongConsumer relayed;
    private final List<Long> unflushed = new ArrayList<>();
    private final AtomicReference<@Nullable EarlyEnd> earlyEnd = new AtomicReference<>();

    /**
     * @param owner the caller, who owns the connection
     * @param stream the stream to write
     * @param maxOwnBytes bound on what is held for this connection alone
     * @param relayed gets the record time, in ms since the epoch, of each live event that the socket has taken
     */
    SseResponse(
            Caller owner, StreamId stream, int maxOwnBytes, Duration heartbeat, ReplayPace pace, LongConsumer relayed) {
        this.owner = owner;
        this.stream = stream;
        this.queue = new ConnectionQueue(owner.user(), stream.user(), maxOwnBytes, work::release);
        this.finalEvents = new FinalEvents(stream.message());
        this.heartbeat = heartbeat;
        this.pace = pace;
        this.pauses = new ReplayPauses(heartbeat);
        this.relayed = relayed;
    }

    ConnectionQueue queue() {
        return queue;
    }

    /** When the caller's token expires. */
    Instant expiresAt() {
        return owner.expiresAt();
    }

    /** Whether all that it writes comes from the archive. */
    boolean readsArchiveOnly() {
        return queue.followsOnlyPastStreams();
    }

    FinalEvents finalEvents() {
        return finalEvents;
    }

    /** Ends the response soon, with an event that gives the reason. The first call counts. */
    void end(EarlyEnd end) {
        if (earlyEnd.compareAndSet(null, end)) {
            pauses.end();
            queue.close(end.reason());
        }
    }

    /**
     * Writes until the stream's end is written, or until no more events can follow; in that case an event with the reason is written.
     *
     * @return whether the stream's end is written
     * @throws IOException if the client is gone, or takes nothing
     */
    boolean writeTo(OutputStream out) throws IOException, InterruptedException {
        while (true) {
            if (!work.tryAcquire(heartbeat.toMillis(), TimeUnit.MILLISECONDS)) {
                out.write(ReplayPauses.HEARTBEAT);
                out.flush();
                continue;
            }
            for (QueueItem next = queue.poll(); next != null; next = queue.poll()) {
                Step step = write(next, out);
                if (step != Step.MORE_MAY_FOLLOW) {
                    flush(out);
                    return step == Step.COMPLETE;
                }
            }
            flush(out);
            if (queue.followsNothing()) {
                if (queue.hasStream(stream)) {
                    return true; // the client had all events before
                }
                finalEvents.internalError(out);
                return false;
            }
        }
    }

    private void flush(OutputStream out) throws IOException {
        out.flush();
        unflushed.forEach(relayed::accept);
        unflushed.clear();
    }

    private Step write(QueueItem next, OutputStream out) throws IOException, InterruptedException {
        return switch (next) {
            case QueueItem.Event event -> write(event, out);
            case QueueItem.Refused(var refusal) -> {
                finalEvents.refused(refusal, out);
                yield Step.BROKEN_OFF;
            }
            case QueueItem.StreamDeleted _ -> {
                finalEvents.deleted(out);
                yield Step.BROKEN_OFF;
            }
            case QueueItem.Close(CloseReason reason) -> {
                EarlyEnd end = earlyEnd.get();
                finalEvents.closed(reason, end == null ? 0 : end.reconnectInMs(), out);
                yield Step.BROKEN_OFF;
            }
            case QueueItem.Frame _, QueueItem.Ping _ -> Step.MORE_MAY_FOLLOW;
        };
    }

    private Step write(QueueItem.Event event, OutputStream out) throws IOException, InterruptedException {
        long waitMs = event.live() ? 0 : pace.waitBefore(event.record().recordedAtMs());
        if (!pauses.pass(waitMs, out) && earlyEnd.get() instanceof EarlyEnd end) {
            finalEvents.closed(end.reason(), end.reconnectInMs(), out);
            return Step.BROKEN_OFF;
        }
        String head = "event: " + event.record().type() + "\nid: " + event.seq() + "\ndata: ";
        out.write(head.getBytes(StandardCharsets.UTF_8));
        out.write(event.record().value());
        out.write(EVENT_END);
        if (event.live()) {
            unflushed.add(event.record().recordedAtMs());
            if (unflushed.size() >= FLUSH_EVENTS) {
                flush(out);
            }
        }
        if (!event.stream().endsWith(event.seq())) {
            return Step.MORE_MAY_FOLLOW;
        }
        if (event.stream().hasTerminal()) {
            return Step.COMPLETE;
        }
        finalEvents.unavailable("the archive does not have the end of this stream", out);
        return Step.BROKEN_OFF;
    }

    private enum Step {
        MORE_MAY_FOLLOW,
        COMPLETE,
        BROKEN_OFF
    }
}
