package dev.parley.store.compare;

import org.jspecify.annotations.Nullable;

/**
 * A document that differs from the fresh one of the same id, or exists only on one side.
 *
 * @param live the digest that was compared; null if there is no live document
 */
public record Difference(String id, @Nullable DocumentDigest live) {}
