package dev.parley.gateway.connections;

import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.ConnectionRecords.Announcement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides what a gateway announces of its users' connections: changes once a second at most, all connections once a minute for gateways that start
 * later, heartbeats while nothing changes, and nothing while no user is connected. So a connection costs a few bytes of one record a second.
 *
 * <p>Not thread-safe. Time is an argument.
 */
final class AnnouncementSchedule {

    static final long HEARTBEAT_MS = 2_000;
    static final long FULL_INTERVAL_MS = 60_000;

    /** Keeps a record well below the broker's maximum size. */
    static final int USERS_PER_RECORD = 5_000;

    private final String gatewayId;
    private final Source source;
    private boolean sayAll = true;
    private boolean saidAny;
    private long wholeAtMs;
    private long saidAtMs;

    /** The numbers of connections. */
    interface Source {

        /** Users whose number of connections has changed since the last call; 0 if none is left. */
        Map<UserId, Integer> drainChanged();

        Map<UserId, Integer> all();
    }

    AnnouncementSchedule(String gatewayId, Source source) {
        this.gatewayId = gatewayId;
        this.source = source;
    }

    /** An announcement may not be in the log: the next one has all connections. */
    void lost() {
        sayAll = true;
    }

    /** The announcements that are due, in this order. */
    List<Announcement> next(long nowMs) {
        Map<UserId, Integer> changed = source.drainChanged();
        if (sayAll || nowMs - wholeAtMs >= FULL_INTERVAL_MS) {
            Map<UserId, Integer> all = source.all();
            if (all.isEmpty() && !saidAny) {
                return List.of();
            }
            sayAll = false;
            saidAny = !all.isEmpty();
            wholeAtMs = nowMs;
            return say(true, all, nowMs);
        }
        if (!changed.isEmpty()) {
            saidAny = true;
            return say(false, changed, nowMs);
        }
        return saidAny && nowMs - saidAtMs >= HEARTBEAT_MS ? say(false, Map.of(), nowMs) : List.of();
    }

    /** The announcement of a gateway that stops. */
    Announcement lastAnnouncement() {
        return new Announcement(gatewayId, true, Map.of());
    }

    private List<Announcement> say(boolean whole, Map<UserId, Integer> users, long nowMs) {
        saidAtMs = nowMs;
        List<Announcement> said = new ArrayList<>();
        Map<UserId, Integer> part = new HashMap<>();
        for (Map.Entry<UserId, Integer> each : users.entrySet()) {
            if (part.size() == USERS_PER_RECORD) {
                said.add(new Announcement(gatewayId, whole && said.isEmpty(), part));
                part = new HashMap<>();
            }
            part.put(each.getKey(), each.getValue());
        }
        said.add(new Announcement(gatewayId, whole && said.isEmpty(), part));
        return said;
    }
}
