/** Reads the log from its end on, for the whole gateway. */
@NullMarked
package dev.parley.gateway.tail;

import org.jspecify.annotations.NullMarked;
