/** Calls that are waited for no longer than a limit. */
@NullMarked
package dev.parley.providers.call;

import org.jspecify.annotations.NullMarked;
