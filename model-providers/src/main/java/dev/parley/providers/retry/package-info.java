/** Trying again while nothing was said yet. */
@NullMarked
package dev.parley.providers.retry;

import org.jspecify.annotations.NullMarked;
