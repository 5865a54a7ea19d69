package dev.parley.gateway.connections;

import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.ConnectionRecords.Announcement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a gateway has to say of its users' connections: once a second at most, what changed since; now and then all of it, for who
 * comes later; a sign of life where nothing changed; and nothing at all while nobody is connected. So a connection costs a few bytes
 * of one record a second, however many come.
 *
 * <p>Not thread-safe. Time is an argument.
 */
final class AnnouncementSchedule {

    static final long SIGN_OF_LIFE_MS = 2_000;
    static final long WHOLE_EVERY_MS = 60_000;

    /** Keeps a record well below what a broker takes. */
    static final int USERS_A_RECORD = 5_000;

    private final String gatewayId;
    private final Source source;
    private boolean sayAll = true;
    private boolean saidAny;
    private long wholeAtMs;
    private long saidAtMs;

    /** Where the numbers are. */
    interface Source {

        /** Users whose number has changed since the last call, with 0 for who is gone. */
        Map<UserId, Integer> drainChanged();

        Map<UserId, Integer> all();
    }

    AnnouncementSchedule(String gatewayId, Source source) {
        this.gatewayId = gatewayId;
        this.source = source;
    }

    /** Something that was said has perhaps not come into the log: all is said anew. */
    void lost() {
        sayAll = true;
    }

    /** What to say now, in this order. */
    List<Announcement> next(long nowMs) {
        Map<UserId, Integer> changed = source.drainChanged();
        if (sayAll || nowMs - wholeAtMs >= WHOLE_EVERY_MS) {
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
        return saidAny && nowMs - saidAtMs >= SIGN_OF_LIFE_MS ? say(false, Map.of(), nowMs) : List.of();
    }

    /** What to say last. */
    Announcement goodbye() {
        return new Announcement(gatewayId, true, Map.of());
    }

    private List<Announcement> say(boolean whole, Map<UserId, Integer> users, long nowMs) {
        saidAtMs = nowMs;
        List<Announcement> said = new ArrayList<>();
        Map<UserId, Integer> part = new HashMap<>();
        for (Map.Entry<UserId, Integer> each : users.entrySet()) {
            if (part.size() == USERS_A_RECORD) {
                said.add(new Announcement(gatewayId, whole && said.isEmpty(), part));
                part = new HashMap<>();
            }
            part.put(each.getKey(), each.getValue());
        }
        said.add(new Announcement(gatewayId, whole && said.isEmpty(), part));
        return said;
    }
}
