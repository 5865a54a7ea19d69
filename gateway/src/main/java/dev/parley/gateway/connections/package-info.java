/** How many connections a user has, over all gateways: each says in the log what it has, and believes the others for a while. */
@NullMarked
package dev.parley.gateway.connections;

import org.jspecify.annotations.NullMarked;
