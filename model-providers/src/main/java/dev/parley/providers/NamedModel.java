package dev.parley.providers;

import org.jspecify.annotations.Nullable;

/**
 * A provider, a model of it and a category of question, by their names. Each is null where none is named, and may be one that does not
 * exist.
 */
public record NamedModel(
        @Nullable String provider,
        @Nullable String model,
        @Nullable String category) {

    public static final NamedModel NONE = new NamedModel(null, null, null);
}
