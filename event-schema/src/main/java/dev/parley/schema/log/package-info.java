/** {@link dev.parley.schema.log.StreamLog}: the rule that decides which records of a stream count. Pure: no I/O, no clock, no Kafka. */
@NullMarked
package dev.parley.schema.log;

import org.jspecify.annotations.NullMarked;
