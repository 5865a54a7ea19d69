/** The worker's Kafka clients: the tail that reads the log, the group that says which partitions are its own, the producer. */
@NullMarked
package dev.parley.engine.kafka;

import org.jspecify.annotations.NullMarked;
