package dev.parley.store.read;

import dev.parley.schema.id.StreamId;

/** A turn that has ended and has an answer. */
public record AnsweredTurn(StreamId id, String message, String answer) {}
