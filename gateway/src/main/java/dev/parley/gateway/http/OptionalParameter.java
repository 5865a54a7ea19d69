package dev.parley.gateway.http;

import org.jspecify.annotations.Nullable;

/** Parameters that are there and say nothing, as forms and templates send them: {@code ?cursor=&limit=}. */
final class OptionalParameter {

    private OptionalParameter() {}

    static @Nullable String asAbsent(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
