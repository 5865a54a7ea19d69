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
    private boolean announceAll = true;
    private boolean announcedAny;
    private long announcedAllAtMs;
    private long announcedAtMs;

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

    /** An announcement may not be in the log, so the next one has all connections. */
    void onSendFailed() {
        announceAll = true;
    }

    /** The announcements that are due, in this order. */
    List<Announcement> next(long nowMs) {
        Map<UserId, Integer> changed = source.drainChanged();
        if (announceAll || nowMs - announcedAllAtMs >= FULL_INTERVAL_MS) {
            Map<UserId, Integer> all = source.all();
            if (all.isEmpty() && !announcedAny) {
                return List.of();
            }
            announceAll = false;
            announcedAny = !all.isEmpty();
            announcedAllAtMs = nowMs;
            return announce(true, all, nowMs);
        }
        if (!changed.isEmpty()) {
            announcedAny = true;
            return announce(false, changed, nowMs);
        }
        return announcedAny && nowMs - announcedAtMs >= HEARTBEAT_MS ? announce(false, Map.of(), nowMs) : List.of();
    }

    /** The announcement of a gateway that stops. */
    Announcement lastAnnouncement() {
        return new Announcement(gatewayId, true, Map.of());
    }

    private List<Announcement> announce(boolean whole, Map<UserId, Integer> users, long nowMs) {
        announcedAtMs = nowMs;
        List<Announcement> announcements = new ArrayList<>();
        Map<UserId, Integer> part = new HashMap<>();
        for (Map.Entry<UserId, Integer> each : users.entrySet()) {
            if (part.size() == USERS_PER_RECORD) {
                announcements.add(new Announcement(gatewayId, whole && announcements.isEmpty(), part));
                part = new HashMap<>();
            }
            part.put(each.getKey(), each.getValue());
        }
        announcements.add(new Announcement(gatewayId, whole && announcements.isEmpty(), part));
        return announcements;
    }
}
