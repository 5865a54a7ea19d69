package dev.parley.gateway.connections;

import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.ConnectionRecords.Announcement;
import java.util.HashMap;
import java.util.Map;

/**
 * The users' connections to other gateways, as those gateways announced them last. A gateway that announces nothing for {@link #LEASE_MS} counts as
 * stopped, and its connections are dropped. Thread-safe; time is an argument.
 */
public final class RemoteConnections {

    static final long LEASE_MS = 3 * AnnouncementSchedule.HEARTBEAT_MS;

    private final String own;
    private final Map<String, RemoteGateway> others = new HashMap<>();

    /** @param own the id of this gateway, whose own announcements are ignored */
    public RemoteConnections(String own) {
        this.own = own;
    }

    public synchronized void onAnnouncement(Announcement announcement, long nowMs) {
        if (announcement.gatewayId().equals(own)) {
            return;
        }
        others.values().removeIf(other -> other.isStopped(nowMs));
        RemoteGateway gateway = others.computeIfAbsent(announcement.gatewayId(), _ -> new RemoteGateway());
        gateway.atMs = nowMs;
        if (announcement.whole()) {
            gateway.users.clear();
        }
        announcement.users().forEach((user, count) -> {
            if (count > 0) {
                gateway.users.put(user, count);
            } else {
                gateway.users.remove(user);
            }
        });
    }

    public synchronized int connectionsOf(UserId user, long nowMs) {
        int sum = 0;
        for (RemoteGateway other : others.values()) {
            sum += other.isStopped(nowMs) ? 0 : other.users.getOrDefault(user, 0);
        }
        return sum;
    }

    private static final class RemoteGateway {

        final Map<UserId, Integer> users = new HashMap<>();
        long atMs;

        boolean isStopped(long nowMs) {
            return nowMs - atMs > LEASE_MS;
        }
    }
}
