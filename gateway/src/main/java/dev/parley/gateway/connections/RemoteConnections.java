package dev.parley.gateway.connections;

import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.ConnectionRecords.Announcement;
import java.util.HashMap;
import java.util.Map;

/**
 * The connections that users have at other gateways, as those said last. What a gateway said counts as long as it is heard: one that
 * dies without a word is forgotten with all its connections after {@link #LEASE_MS}. Thread-safe; time is an argument.
 */
public final class RemoteConnections {

    static final long LEASE_MS = 3 * AnnouncementSchedule.SIGN_OF_LIFE_MS;

    private final String own;
    private final Map<String, Heard> others = new HashMap<>();

    /** @param own the id of this gateway, whose word is not listened to */
    public RemoteConnections(String own) {
        this.own = own;
    }

    public synchronized void heard(Announcement said, long nowMs) {
        if (said.gatewayId().equals(own)) {
            return;
        }
        others.values().removeIf(other -> other.hasNoEvents(nowMs));
        Heard heard = others.computeIfAbsent(said.gatewayId(), _ -> new Heard());
        heard.atMs = nowMs;
        if (said.whole()) {
            heard.users.clear();
        }
        said.users().forEach((user, count) -> {
            if (count > 0) {
                heard.users.put(user, count);
            } else {
                heard.users.remove(user);
            }
        });
    }

    public synchronized int connectionsOf(UserId user, long nowMs) {
        int sum = 0;
        for (Heard other : others.values()) {
            sum += other.hasNoEvents(nowMs) ? 0 : other.users.getOrDefault(user, 0);
        }
        return sum;
    }

    private static final class Heard {

        final Map<UserId, Integer> users = new HashMap<>();
        long atMs;

        boolean hasNoEvents(long nowMs) {
            return nowMs - atMs > LEASE_MS;
        }
    }
}
