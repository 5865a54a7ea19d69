package dev.parley.gateway.chat;

import dev.parley.gateway.relay.BufferedStream;
import dev.parley.gateway.relay.Relay;
import dev.parley.schema.id.StreamId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks in the archive for requested streams that have no events here. A message that is requested again after its answer has left the memory of
 * all gateways gets no new events from a worker; the archive has its answer. Thread-safe; does not block.
 */
final class AwaitedStreams {

    /** A stream without events is looked for after this time; each further look waits twice as long. */
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);

    private static final Duration MAX_DELAY = Duration.ofSeconds(30);

    private final Relay relay;
    private final PastStreams past;
    private final Scheduler scheduler;
    private final Set<StreamId> scheduled = ConcurrentHashMap.newKeySet();

    AwaitedStreams(Relay relay, PastStreams past, Scheduler scheduler) {
        this.relay = relay;
        this.past = past;
        this.scheduler = scheduler;
    }

    /** Looks for the stream until it has events, or no connection awaits it. */
    void lookFor(StreamId id) {
        if (relay.isAwaited(id) && scheduled.add(id)) {
            schedule(id, FIRST_DELAY);
        }
    }

    private void schedule(StreamId id, Duration delay) {
        scheduler.schedule(() -> look(id, delay), delay);
    }

    private void look(StreamId id, Duration delay) {
        scheduled.remove(id);
        if (!relay.isAwaited(id) || !scheduled.add(id)) {
            return;
        }
        past.find(id, 0, found -> {
            if (found instanceof PastStreams.Found.Stream(BufferedStream stream)) {
                relay.onPastStreamFound(stream);
                scheduled.remove(id);
                lookFor(id); // for connections that come later, or that read too many past streams now
            } else {
                Duration doubled = delay.multipliedBy(2);
                schedule(id, doubled.compareTo(MAX_DELAY) < 0 ? doubled : MAX_DELAY);
            }
        });
    }
}
