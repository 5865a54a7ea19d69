package dev.parley.gateway.http;

import dev.parley.gateway.relay.CloseReason;

/**
 * That an answer is to end before its stream does.
 *
 * @param reconnectInMs where the node leaves: when the client is to come back
 */
record EarlyEnd(CloseReason why, long reconnectInMs) {}
