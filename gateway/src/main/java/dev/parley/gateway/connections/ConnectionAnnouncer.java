package dev.parley.gateway.connections;

import dev.parley.gateway.publish.CommandPublisher;
import dev.parley.gateway.relay.Relay;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.ConnectionRecords;
import dev.parley.schema.kafka.ConnectionRecords.Announcement;
import dev.parley.service.startup.RepeatingThread;
import dev.parley.service.startup.RequiredThreads;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Announces the connections of this gateway to the other gateways, about once a second, on a thread of its own. */
public final class ConnectionAnnouncer implements AutoCloseable {

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration END_WITHIN = Duration.ofSeconds(1);

    private final CommandPublisher publisher;
    private final AnnouncementSchedule schedule;
    private final LongSupplier nowMs;
    private final AtomicBoolean sendFailed = new AtomicBoolean();
    private final RequiredThreads required;
    private @Nullable RepeatingThread clock;
    private long sent;

    /** @param nowMs a monotonic clock */
    public ConnectionAnnouncer(
            String gatewayId, Relay relay, CommandPublisher publisher, LongSupplier nowMs, RequiredThreads required) {
        this.required = required;
        this.publisher = publisher;
        this.nowMs = nowMs;
        this.schedule = new AnnouncementSchedule(gatewayId, new AnnouncementSchedule.Source() {
            @Override
            public Map<UserId, Integer> drainChanged() {
                return relay.drainChangedConnections();
            }

            @Override
            public Map<UserId, Integer> all() {
                return relay.allConnections();
            }
        });
    }

    public void start() {
        clock = RepeatingThread.start("gateway-announcer", EVERY, this::announce, required);
    }

    private void announce() {
        if (sendFailed.getAndSet(false)) {
            schedule.onSendFailed();
        }
        schedule.next(nowMs.getAsLong()).forEach(this::send);
    }

    private void send(Announcement announcement) {
        publisher.send(ConnectionRecords.of(announcement, sent++), () -> sendFailed.set(true));
    }

    /** To be called when the connections are gone, and before the publisher is closed. */
    @Override
    public void close() {
        RepeatingThread thread = clock;
        if (thread == null) {
            return;
        }
        thread.close();
        try {
            if (thread.awaitEnd(END_WITHIN) && sent > 0) {
                send(schedule.lastAnnouncement());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
