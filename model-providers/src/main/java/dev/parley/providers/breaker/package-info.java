/** Keeping a service that is broken for a while out of everybody's way. */
@NullMarked
package dev.parley.providers.breaker;

import org.jspecify.annotations.NullMarked;
