package dev.parley.token;

import java.util.Locale;
import java.util.Optional;

/** A role that a token gives its user. */
public enum Role {
    USER,
    /** May read the streams and conversations of all users. */
    AUDITOR,
    ADMIN;

    /** As in the claim {@code roles}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for a name that this version does not know. */
    public static Optional<Role> of(String wireName) {
        for (Role role : values()) {
            if (role.wireName().equals(wireName)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
