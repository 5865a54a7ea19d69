/** Health of appends and reads, the brokers' clock and the projection's progress, for the services' Kafka clients. */
@NullMarked
package dev.parley.service.kafka;

import org.jspecify.annotations.NullMarked;
