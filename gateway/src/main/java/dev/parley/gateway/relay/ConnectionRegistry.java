package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The connections of this gateway, and the sessions that each has joined. A session is always a user's, so nobody can join
 * another user's.
 *
 * <p>Not thread-safe: {@link Relay} guards it.
 */
final class ConnectionRegistry {

    private final Map<UserId, Map<ConnectionQueue, Set<SessionKey>>> byUser = new HashMap<>();
    private final Map<SessionKey, Set<ConnectionQueue>> joined = new HashMap<>();
    private final Map<UserId, Integer> owned = new HashMap<>();
    private final Set<UserId> changed = new HashSet<>();
    private int connections;

    void add(ConnectionQueue connection) {
        byUser.computeIfAbsent(connection.user(), _ -> new LinkedHashMap<>()).put(connection, new HashSet<>(2));
        owned.merge(connection.owner(), 1, Integer::sum);
        changed.add(connection.owner());
        connections++;
    }

    void remove(ConnectionQueue connection) {
        Map<ConnectionQueue, Set<SessionKey>> siblings = byUser.getOrDefault(connection.user(), Map.of());
        Set<SessionKey> sessions = siblings.get(connection);
        if (sessions == null) {
            return;
        }
        List.copyOf(sessions).forEach(session -> leave(connection, session));
        siblings.remove(connection);
        if (siblings.isEmpty()) {
            byUser.remove(connection.user());
        }
        owned.computeIfPresent(connection.owner(), (_, count) -> count == 1 ? null : count - 1);
        changed.add(connection.owner());
        connections--;
    }

    /** Whether the connection is (still) here. */
    boolean has(ConnectionQueue connection) {
        return byUser.getOrDefault(connection.user(), Map.of()).containsKey(connection);
    }

    void join(ConnectionQueue connection, SessionKey session) {
        sessions(connection).add(session);
        joined.computeIfAbsent(session, _ -> new LinkedHashSet<>(2)).add(connection);
    }

    void leave(ConnectionQueue connection, SessionKey session) {
        sessions(connection).remove(session);
        Set<ConnectionQueue> members = joined.get(session);
        if (members != null) {
            members.remove(connection);
            if (members.isEmpty()) {
                joined.remove(session);
            }
        }
    }

    private Set<SessionKey> sessions(ConnectionQueue connection) {
        return byUser.getOrDefault(connection.user(), Map.of()).getOrDefault(connection, new HashSet<>());
    }

    int joinedSessions(ConnectionQueue connection) {
        return sessions(connection).size();
    }

    Collection<ConnectionQueue> members(SessionKey session) {
        return joined.getOrDefault(session, Set.of());
    }

    /** How many connections are the user's own. */
    int ownedBy(UserId user) {
        return owned.getOrDefault(user, 0);
    }

    /** Users who have come or gone since the last call, with the number of their connections. */
    Map<UserId, Integer> takeChanged() {
        Map<UserId, Integer> counts = new HashMap<>();
        changed.forEach(user -> counts.put(user, ownedBy(user)));
        changed.clear();
        return counts;
    }

    Map<UserId, Integer> counts() {
        return Map.copyOf(owned);
    }

    /** All connections that get a user's streams. */
    Collection<ConnectionQueue> of(UserId user) {
        return byUser.getOrDefault(user, Map.of()).keySet();
    }

    List<ConnectionQueue> all() {
        return byUser.values().stream()
                .flatMap(siblings -> siblings.keySet().stream())
                .toList();
    }

    int connections() {
        return connections;
    }
}
