/** The command-line tool {@code parley}: looks at Kafka and at the store, and mends the store. It needs no running service. */
@NullMarked
package dev.parley.cli;

import org.jspecify.annotations.NullMarked;
