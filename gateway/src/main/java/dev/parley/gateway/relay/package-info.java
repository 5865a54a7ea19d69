/**
 * Relays the log to connections: the hot window of recent streams, the registry of connections and each connection's queue. A pure core: no
 * Kafka client, socket, clock or thread.
 */
@NullMarked
package dev.parley.gateway.relay;

import org.jspecify.annotations.NullMarked;
