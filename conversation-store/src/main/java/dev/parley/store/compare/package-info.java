/** Compares whole collections, and replaces the documents that differ. */
@NullMarked
package dev.parley.store.compare;

import org.jspecify.annotations.NullMarked;
