package dev.parley.providers;

import org.jspecify.annotations.Nullable;

/**
 * The provider and the model that are asked for an answer.
 *
 * @param price null where none is set
 */
public record AskedModel(
        String provider, String model, @Nullable Price price) {}
