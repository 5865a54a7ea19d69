package dev.parley.gateway.presence;

import dev.parley.gateway.publish.CommandPublisher;
import dev.parley.gateway.relay.Relay;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.ConnectionRecords;
import dev.parley.schema.kafka.ConnectionRecords.Announcement;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the other gateways of the connections of this one, about once a second, on a thread of its own. */
public final class Presence implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final long EVERY_MS = 1_000;
    private static final long END_WITHIN_MS = 1_000;

    private final CommandPublisher publisher;
    private final Announcer announcer;
    private final LongSupplier nowMs;
    private final AtomicBoolean lost = new AtomicBoolean();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("gateway-presence").daemon().factory());
    private long said;

    /** @param nowMs a clock that never jumps */
    public Presence(String gatewayId, Relay relay, CommandPublisher publisher, LongSupplier nowMs) {
        this.publisher = publisher;
        this.nowMs = nowMs;
        this.announcer = new Announcer(gatewayId, new Announcer.Source() {
            @Override
            public Map<UserId, Integer> takeChanged() {
                return relay.takeChangedConnections();
            }

            @Override
            public Map<UserId, Integer> all() {
                return relay.allConnections();
            }
        });
    }

    public void start() {
        var unused = clock.scheduleWithFixedDelay(this::announce, EVERY_MS, EVERY_MS, TimeUnit.MILLISECONDS);
    }

    private void announce() {
        try {
            if (lost.getAndSet(false)) {
                announcer.lost();
            }
            announcer.next(nowMs.getAsLong()).forEach(this::send);
        } catch (RuntimeException e) {
            LOG.warn("connections could not be announced", e);
        }
    }

    private void send(Announcement announcement) {
        publisher.tell(ConnectionRecords.of(announcement, said++), () -> lost.set(true));
    }

    /** To be called when the connections are gone, and before the publisher is closed. */
    @Override
    public void close() {
        clock.shutdown();
        try {
            if (clock.awaitTermination(END_WITHIN_MS, TimeUnit.MILLISECONDS) && said > 0) {
                send(announcer.goodbye());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
