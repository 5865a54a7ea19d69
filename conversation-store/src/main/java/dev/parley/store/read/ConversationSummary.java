package dev.parley.store.read;

import java.time.Instant;

/** A conversation in a list. */
public record ConversationSummary(
        String sessionId, String title, Instant createdAt, Instant updatedAt, int messageCount) {}
