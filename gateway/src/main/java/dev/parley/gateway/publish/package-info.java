/** How a wish becomes a command: checked, completed, and in Kafka before anybody is told so. */
@NullMarked
package dev.parley.gateway.publish;

import org.jspecify.annotations.NullMarked;
