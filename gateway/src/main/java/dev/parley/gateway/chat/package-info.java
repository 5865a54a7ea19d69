/** The requests of clients, the same for WebSocket and HTTP, and their limits. */
@NullMarked
package dev.parley.gateway.chat;

import org.jspecify.annotations.NullMarked;
