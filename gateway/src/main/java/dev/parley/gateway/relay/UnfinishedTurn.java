package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;

/**
 * A turn that was asked for and is not over: it waits for its turn, or its answer is under way.
 *
 * @param started whether its answer is under way
 */
public record UnfinishedTurn(StreamId stream, SessionKey session, LoggedMessage asked, boolean started) {}
