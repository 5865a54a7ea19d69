package dev.parley.gateway.http;

import org.jspecify.annotations.Nullable;

/** Treats a parameter without a value, as forms send it, like an absent one: {@code ?cursor=&limit=}. */
final class OptionalParameter {

    private OptionalParameter() {}

    static @Nullable String nullIfBlank(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
