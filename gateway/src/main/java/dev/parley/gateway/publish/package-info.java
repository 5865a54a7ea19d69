/** Turns requests into commands and publishes them to Kafka. */
@NullMarked
package dev.parley.gateway.publish;

import org.jspecify.annotations.NullMarked;
