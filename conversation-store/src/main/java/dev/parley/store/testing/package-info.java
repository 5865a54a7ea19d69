/** The contract of the store in memory, for tests. */
@NullMarked
package dev.parley.store.testing;

import org.jspecify.annotations.NullMarked;
