/** Kafka clients whose own metrics are in a Micrometer registry. */
@NullMarked
package dev.parley.service.kafka.metered;

import org.jspecify.annotations.NullMarked;
