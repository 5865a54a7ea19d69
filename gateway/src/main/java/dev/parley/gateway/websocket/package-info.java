/** The WebSocket endpoint {@code /api/ws}: handshake, frames, bounds and heartbeats. */
@NullMarked
package dev.parley.gateway.websocket;

import org.jspecify.annotations.NullMarked;
