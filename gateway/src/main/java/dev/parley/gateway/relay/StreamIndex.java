package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The streams in the hot window, by id and by session. Not thread-safe. */
final class StreamIndex {

    private final Map<StreamId, BufferedStream> byId = new LinkedHashMap<>();
    private final Map<SessionKey, Set<BufferedStream>> bySession = new HashMap<>();

    @Nullable
    BufferedStream find(StreamId id) {
        return byId.get(id);
    }

    void add(BufferedStream stream) {
        byId.put(stream.id(), stream);
        bySession.computeIfAbsent(stream.session(), _ -> new LinkedHashSet<>()).add(stream);
    }

    void remove(BufferedStream stream) {
        byId.remove(stream.id());
        removeFromSession(stream);
    }

    void moveToSession(BufferedStream stream, SessionKey actual) {
        if (!stream.session().equals(actual)) {
            removeFromSession(stream);
            stream.setSession(actual);
            bySession.computeIfAbsent(actual, _ -> new LinkedHashSet<>()).add(stream);
        }
    }

    private void removeFromSession(BufferedStream stream) {
        Set<BufferedStream> siblings = bySession.get(stream.session());
        if (siblings != null) {
            siblings.remove(stream);
            if (siblings.isEmpty()) {
                bySession.remove(stream.session());
            }
        }
    }

    /** All streams, in the order in which they were added. */
    List<BufferedStream> all() {
        return List.copyOf(byId.values());
    }

    /** All streams of a session. */
    List<BufferedStream> of(SessionKey session) {
        return List.copyOf(bySession.getOrDefault(session, Set.of()));
    }

    /** The streams of a session that are requested or running, in the order of their commands. */
    List<BufferedStream> active(SessionKey session) {
        return of(session).stream()
                .filter(StreamIndex::isActive)
                .sorted(Comparator.comparingLong(StreamIndex::commandOffset))
                .toList();
    }

    private static boolean isActive(BufferedStream stream) {
        return stream.isOpen() || (stream.isRequested() && stream.hasNoEvents() && !stream.isUnknown());
    }

    /** A running stream whose command is older than what this gateway has read comes first; a command that is not read yet comes last. */
    private static long commandOffset(BufferedStream stream) {
        LoggedMessage command = stream.command();
        if (command == null) {
            return stream.isOpen() ? -1 : Long.MAX_VALUE;
        }
        return command.offset();
    }

    /** As {@link #active(SessionKey)}, for all sessions of a user. */
    List<BufferedStream> active(UserId user) {
        return bySession.keySet().stream()
                .filter(session -> session.user().equals(user))
                .flatMap(session -> active(session).stream())
                .toList();
    }

    int size() {
        return byId.size();
    }
}
