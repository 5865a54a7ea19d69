package dev.parley.providers;

import org.jspecify.annotations.Nullable;

/**
 * Who answers, or was asked to.
 *
 * @param price null where none is known
 */
public record AskedModel(
        String provider, String model, @Nullable Price price) {}
