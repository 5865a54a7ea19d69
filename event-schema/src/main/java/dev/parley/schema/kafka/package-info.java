/** Commands and events in Kafka: topics, keys, partitions, CloudEvents headers. */
@NullMarked
package dev.parley.schema.kafka;

import org.jspecify.annotations.NullMarked;
