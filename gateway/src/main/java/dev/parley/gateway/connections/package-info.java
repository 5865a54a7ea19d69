/** Counts a user's connections over all gateways: each announces its own in {@code chat.connections}. */
@NullMarked
package dev.parley.gateway.connections;

import org.jspecify.annotations.NullMarked;
