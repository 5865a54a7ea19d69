/** What each service needs around Kafka's clients: settings, metrics, health of appends and reads, the brokers' clock. */
@NullMarked
package dev.parley.service.kafka;

import org.jspecify.annotations.NullMarked;
