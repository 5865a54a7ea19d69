package dev.parley.gateway.relay;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;

/**
 * A turn whose stream has no terminal event yet.
 *
 * @param command the user's message
 * @param started whether the stream has its first event
 */
public record UnfinishedTurn(StreamId stream, SessionKey session, LoggedMessage command, boolean started) {}
