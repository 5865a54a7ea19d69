package dev.parley.gateway.auth;

import java.util.Locale;
import java.util.Optional;

/** What a token allows beside its user's own conversations. */
public enum Role {
    USER,
    AUDITOR,
    ADMIN;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> of(String wireName) {
        for (Role role : values()) {
            if (role.wireName().equals(wireName)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
