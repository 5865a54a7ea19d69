/** Retries of failed requests. */
@NullMarked
package dev.parley.providers.retry;

import org.jspecify.annotations.NullMarked;
