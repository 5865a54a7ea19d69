/** Guarded writes: a reader of the log that is behind another one never takes a document back. */
@NullMarked
package dev.parley.store.write;

import org.jspecify.annotations.NullMarked;
