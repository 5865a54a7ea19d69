/** {@link dev.parley.schema.audit.StreamAuditor}: whether a stream's records keep the promises. No I/O, no Kafka, no clock. */
@NullMarked
package dev.parley.schema.audit;

import org.jspecify.annotations.NullMarked;
