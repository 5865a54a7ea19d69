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

    public synchronized void onAnnouncement(Announcement said, long nowMs) {
        if (said.gatewayId().equals(own)) {
            return;
        }
        others.values().removeIf(other -> other.hasNoEvents(nowMs));
        RemoteGateway onAnnouncement = others.computeIfAbsent(said.gatewayId(), _ -> new RemoteGateway());
        onAnnouncement.atMs = nowMs;
        if (said.whole()) {
            onAnnouncement.users.clear();
        }
        said.users().forEach((user, count) -> {
            if (count > 0) {
                onAnnouncement.users.put(user, count);
            } else {
                onAnnouncement.users.remove(user);
            }
        });
    }

    public synchronized int connectionsOf(UserId user, long nowMs) {
        int sum = 0;
        for (RemoteGateway other : others.values()) {
            sum += other.hasNoEvents(nowMs) ? 0 : other.users.getOrDefault(user, 0);
        }
        return sum;
    }

    private static final class RemoteGateway {

        final Map<UserId, Integer> users = new HashMap<>();
        long atMs;

        boolean hasNoEvents(long nowMs) {
            return nowMs - atMs > LEASE_MS;
        }
    }
}
