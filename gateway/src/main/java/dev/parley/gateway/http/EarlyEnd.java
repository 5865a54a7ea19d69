package dev.parley.gateway.http;

import dev.parley.gateway.relay.CloseReason;

/**
 * A request to end a response before its stream ends.
 *
 * @param reconnectInMs when the client is to reconnect, if the node stops
 */
record EarlyEnd(CloseReason reason, long reconnectInMs) {}
