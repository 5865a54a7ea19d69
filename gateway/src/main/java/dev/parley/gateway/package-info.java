/** The edge of Parley: stateless nodes between clients and Kafka. Any of them can serve any client at any moment. */
@NullMarked
package dev.parley.gateway;

import org.jspecify.annotations.NullMarked;
