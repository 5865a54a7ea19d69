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
 * The connections of this gateway, and the sessions that each has joined. A session key contains the user, so no connection can join another
 * user's session.
 *
 * <p>Not thread-safe: {@link Relay} guards it.
 */
final class ConnectionRegistry {

    private final Map<UserId, Map<ConnectionQueue, Set<SessionKey>>> byUser = new HashMap<>();
    private final Map<SessionKey, Set<ConnectionQueue>> bySession = new HashMap<>();
    private final Map<UserId, Integer> countsByOwner = new HashMap<>();
    private final Set<UserId> changedOwners = new HashSet<>();
    private int connections;

    void add(ConnectionQueue connection) {
        byUser.computeIfAbsent(connection.user(), _ -> new LinkedHashMap<>()).put(connection, new HashSet<>(2));
        countsByOwner.merge(connection.owner(), 1, Integer::sum);
        changedOwners.add(connection.owner());
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
        countsByOwner.computeIfPresent(connection.owner(), (_, count) -> count == 1 ? null : count - 1);
        changedOwners.add(connection.owner());
        connections--;
    }

    boolean contains(ConnectionQueue connection) {
        return byUser.getOrDefault(connection.user(), Map.of()).containsKey(connection);
    }

    void join(ConnectionQueue connection, SessionKey session) {
        joinedSessions(connection).add(session);
        bySession.computeIfAbsent(session, _ -> new LinkedHashSet<>(2)).add(connection);
    }

    void leave(ConnectionQueue connection, SessionKey session) {
        joinedSessions(connection).remove(session);
        Set<ConnectionQueue> members = bySession.get(session);
        if (members != null) {
            members.remove(connection);
            if (members.isEmpty()) {
                bySession.remove(session);
            }
        }
    }

    private Set<SessionKey> joinedSessions(ConnectionQueue connection) {
        return byUser.getOrDefault(connection.user(), Map.of()).getOrDefault(connection, new HashSet<>());
    }

    /** How many sessions the connection has joined. */
    int joinedCount(ConnectionQueue connection) {
        return joinedSessions(connection).size();
    }

    /** The connections that have joined a session. */
    Collection<ConnectionQueue> members(SessionKey session) {
        return bySession.getOrDefault(session, Set.of());
    }

    /** How many connections a user owns. */
    int countOf(UserId owner) {
        return countsByOwner.getOrDefault(owner, 0);
    }

    /** The owners whose number of connections has changed since the last call, with the number. */
    Map<UserId, Integer> drainChanged() {
        Map<UserId, Integer> counts = new HashMap<>();
        changedOwners.forEach(owner -> counts.put(owner, countOf(owner)));
        changedOwners.clear();
        return counts;
    }

    Map<UserId, Integer> counts() {
        return Map.copyOf(countsByOwner);
    }

    /** The connections that get a user's streams. */
    Collection<ConnectionQueue> of(UserId user) {
        return byUser.getOrDefault(user, Map.of()).keySet();
    }

    List<ConnectionQueue> all() {
        return byUser.values().stream()
                .flatMap(siblings -> siblings.keySet().stream())
                .toList();
    }

    int size() {
        return connections;
    }
}
