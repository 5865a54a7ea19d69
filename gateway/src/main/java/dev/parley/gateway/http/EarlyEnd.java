package dev.parley.gateway.http;

import dev.parley.gateway.relay.Closing;

/**
 * That an answer is to end before its stream does.
 *
 * @param reconnectInMs where the node leaves: when the client is to come back
 */
record EarlyEnd(Closing why, long reconnectInMs) {}
