/** Writes records that cannot be read to dead-letter topics, with spring-kafka. */
@NullMarked
package dev.parley.service.kafka.deadletter;

import org.jspecify.annotations.NullMarked;
