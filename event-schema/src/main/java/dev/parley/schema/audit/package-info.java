/** {@link dev.parley.schema.audit.StreamAuditor}: checks whether the records of a stream keep the guarantees. No I/O, no Kafka, no clock. */
@NullMarked
package dev.parley.schema.audit;

import org.jspecify.annotations.NullMarked;
