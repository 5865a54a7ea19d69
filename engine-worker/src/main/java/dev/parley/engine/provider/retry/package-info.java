/** Trying again while nothing was said yet. */
@NullMarked
package dev.parley.engine.provider.retry;

import org.jspecify.annotations.NullMarked;
