package dev.parley.engine.coordinator;

import dev.parley.engine.state.Role;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells this worker's role for a stream or a session, and whether its starts must be confirmed by the log. Not thread-safe. */
final class Roles {
    private final String workerId;
    private final int standbySlots;
    private final long doubtNanos;
    private @Nullable Long doubtfulUntil;

    Roles(CoordinatorSettings settings) {
        this.workerId = settings.workerId();
        this.standbySlots = settings.standbySlots();
        this.doubtNanos = settings.doubt().toNanos();
    }

    /** The log may have what this worker has not read: a record whose outcome is unknown, or what others wrote while nothing was read. */
    void doubt(long now) {
        doubtfulUntil = now + doubtNanos;
    }

    /** @param what the stream's message or the session */
    Optional<Role> of(PartitionRole role, String what, long now) {
        boolean doubtful = doubtfulUntil != null && now - doubtfulUntil < 0;
        boolean settled = !doubtful && now - role.ownerSince() >= doubtNanos;
        return role.of(workerId, what, standbySlots, settled);
    }
}
