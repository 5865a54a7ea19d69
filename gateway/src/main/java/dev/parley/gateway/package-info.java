/** The gateway: stateless nodes between clients and Kafka. Every node can serve every client. */
@NullMarked
package dev.parley.gateway;

import org.jspecify.annotations.NullMarked;
