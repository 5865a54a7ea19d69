/** Reads the log for the whole gateway, and notices when Kafka does not answer. */
@NullMarked
package dev.parley.gateway.tail;

import org.jspecify.annotations.NullMarked;
