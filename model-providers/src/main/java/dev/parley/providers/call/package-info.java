/** Calls whose caller waits for a limited time. */
@NullMarked
package dev.parley.providers.call;

import org.jspecify.annotations.NullMarked;
