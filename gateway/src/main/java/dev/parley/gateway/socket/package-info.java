/** The WebSocket {@code /api/ws}. */
@NullMarked
package dev.parley.gateway.socket;

import org.jspecify.annotations.NullMarked;
