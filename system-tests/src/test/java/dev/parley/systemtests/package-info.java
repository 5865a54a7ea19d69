/** Tests from outside: what clients, operators and other Kafka clients see of real processes. */
@NullMarked
package dev.parley.systemtests;

import org.jspecify.annotations.NullMarked;
