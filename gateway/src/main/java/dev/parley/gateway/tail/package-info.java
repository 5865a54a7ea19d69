/** Reads the log for the whole gateway, and detects that Kafka does not answer. */
@NullMarked
package dev.parley.gateway.tail;

import org.jspecify.annotations.NullMarked;
