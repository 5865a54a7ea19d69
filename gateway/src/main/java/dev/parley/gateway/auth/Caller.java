package dev.parley.gateway.auth;

import dev.parley.schema.command.Priority;
import dev.parley.schema.id.UserId;
import java.time.Instant;
import java.util.Set;

/**
 * Who a verified token speaks for.
 *
 * @param ceiling the most urgent that the caller's commands may be
 * @param expiresAt when the token stops speaking
 */
public record Caller(UserId user, Set<Role> roles, Priority ceiling, Instant expiresAt) {

    public Caller {
        roles = Set.copyOf(roles);
    }

    /** The same, but looking at another user's things. */
    public Caller as(UserId other) {
        return new Caller(other, roles, ceiling, expiresAt);
    }
}
