/** {@link dev.parley.schema.log.StreamLog}: the one rule that says which records of a stream count. Pure: no I/O, no clock, no Kafka. */
@NullMarked
package dev.parley.schema.log;

import org.jspecify.annotations.NullMarked;
