/** The command-line tool {@code parley}: inspects Kafka and the store, and repairs the store. It needs no running service. */
@NullMarked
package dev.parley.cli;

import org.jspecify.annotations.NullMarked;
