/**
 * What was said lately, and who hears what is said now: the hot window, the hub, and the outbound side of a connection. Pure: no
 * Kafka client, no socket, no clock, no thread of its own.
 */
@NullMarked
package dev.parley.gateway.relay;

import org.jspecify.annotations.NullMarked;
