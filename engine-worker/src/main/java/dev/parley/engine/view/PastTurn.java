package dev.parley.engine.view;

import dev.parley.schema.id.StreamId;

/** A turn that is over. */
public record PastTurn(StreamId id, String message, String answer) {}
