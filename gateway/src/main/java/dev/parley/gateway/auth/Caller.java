package dev.parley.gateway.auth;

import dev.parley.schema.command.Priority;
import dev.parley.schema.id.UserId;
import dev.parley.token.Role;
import java.time.Instant;
import java.util.Set;

/**
 * The user that a verified token identifies.
 *
 * @param ceiling the highest priority that the caller's commands may have
 * @param expiresAt when the token expires
 */
public record Caller(UserId user, Set<Role> roles, Priority ceiling, Instant expiresAt) {

    public Caller {
        roles = Set.copyOf(roles);
    }

    /** This caller when it reads another user's streams. */
    public Caller as(UserId other) {
        return new Caller(other, roles, ceiling, expiresAt);
    }
}
