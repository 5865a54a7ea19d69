package dev.parley.gateway.http;

import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.relay.CloseReason;
import dev.parley.gateway.relay.ConnectionQueue;
import dev.parley.gateway.relay.QueueItem;
import dev.parley.schema.id.StreamId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One answer as server-sent events: writes what its {@link ConnectionQueue} holds, from a thread of its own, to the end of the stream. The
 * client may go at any time; generation goes on.
 */
final class SseResponse implements SseResponses.Ending {

    /** After so many live events that came at once the socket gets them. */
    private static final int FLUSH_EVENTS = 64;

    private final Semaphore work = new Semaphore(0);
    private final ConnectionQueue outbound;
    private final FinalEvents lastWords;
    private final int heartbeatMs;
    private final ReplayPace pace;
    private final ReplayPauses pauses;
    private final LongConsumer relayed;
    private final List<Long> unflushed = new ArrayList<>();
    private final Caller owner;
    private final StreamId stream;
    private final AtomicReference<@Nullable EarlyEnd> earlyEnd = new AtomicReference<>();

    /**
     * @param owner who looks, and whose connection it is
     * @param stream what is looked at
     * @param maxCopyBytes bound on what is held for this connection alone
     * @param relayed gets the record time, in ms since the epoch, of each live event that the socket has
     */
    SseResponse(
            Caller owner, StreamId stream, int maxCopyBytes, int heartbeatMs, ReplayPace pace, LongConsumer relayed) {
        this.owner = owner;
        this.stream = stream;
        this.outbound = new ConnectionQueue(owner.user(), stream.user(), maxCopyBytes, work::release);
        this.lastWords = new FinalEvents(stream.message());
        this.heartbeatMs = heartbeatMs;
        this.pace = pace;
        this.pauses = new ReplayPauses(heartbeatMs);
        this.relayed = relayed;
    }

    ConnectionQueue outbound() {
        return outbound;
    }

    @Override
    public Instant expiresAt() {
        return owner.expiresAt();
    }

    @Override
    public void end(EarlyEnd end) {
        if (earlyEnd.compareAndSet(null, end)) {
            pauses.end();
            outbound.close(end.why());
        }
    }

    @Override
    public FinalEvents lastWords() {
        return lastWords;
    }

    /**
     * Returns when the client has the end of the stream, or when no more of it can follow here, and then the client was told why.
     *
     * @return whether the client has the end of the stream
     * @throws IOException if the client is gone, or takes nothing
     */
    boolean writeTo(OutputStream out) throws IOException, InterruptedException {
        while (true) {
            if (!work.tryAcquire(heartbeatMs, TimeUnit.MILLISECONDS)) {
                out.write(ReplayPauses.HEARTBEAT);
                out.flush();
                continue;
            }
            for (QueueItem next = outbound.poll(); next != null; next = outbound.poll()) {
                Step step = write(next, out);
                if (step != Step.MORE_MAY_FOLLOW) {
                    flush(out);
                    return step == Step.COMPLETE;
                }
            }
            flush(out);
            if (outbound.followsNothing()) {
                if (outbound.knows(stream)) {
                    return true; // the client had all when it asked
                }
                lastWords.broken(out);
                return false;
            }
        }
    }

    private void flush(OutputStream out) throws IOException {
        out.flush();
        unflushed.forEach(relayed::accept);
        unflushed.clear();
    }

    /** One event as the stream's clients get it. */
    static void write(String type, long seq, byte[] value, OutputStream out) throws IOException {
        out.write(("event: " + type + "\nid: " + seq + "\ndata: ").getBytes(StandardCharsets.UTF_8));
        out.write(value);
        out.write('\n');
        out.write('\n');
    }

    private Step write(QueueItem next, OutputStream out) throws IOException, InterruptedException {
        return switch (next) {
            case QueueItem.Event event -> write(event, out);
            case QueueItem.Refused(var refusal) -> {
                lastWords.refused(refusal, out);
                yield Step.BROKEN_OFF;
            }
            case QueueItem.Lost _ -> {
                lastWords.deleted(out);
                yield Step.BROKEN_OFF;
            }
            case QueueItem.Close(CloseReason why) -> {
                EarlyEnd end = earlyEnd.get();
                lastWords.closed(why, end == null ? 0 : end.reconnectInMs(), out);
                yield Step.BROKEN_OFF;
            }
            case QueueItem.Control _, QueueItem.Ping _ -> Step.MORE_MAY_FOLLOW;
        };
    }

    private Step write(QueueItem.Event event, OutputStream out) throws IOException, InterruptedException {
        long waitMs = event.live() ? 0 : pace.waitBefore(event.record().recordedAtMs());
        if (!pauses.pass(waitMs, out) && earlyEnd.get() instanceof EarlyEnd end) {
            lastWords.closed(end.why(), end.reconnectInMs(), out);
            return Step.BROKEN_OFF;
        }
        write(event.record().type(), event.seq(), event.record().value(), out);
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
        lastWords.unavailable("the archive has no end of this stream", out);
        return Step.BROKEN_OFF;
    }

    private enum Step {
        MORE_MAY_FOLLOW,
        COMPLETE,
        BROKEN_OFF
    }
}
