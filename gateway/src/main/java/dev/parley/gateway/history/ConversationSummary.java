package dev.parley.gateway.history;

import java.time.Instant;

/** A conversation as it stands in a list. */
public record ConversationSummary(
        String sessionId, String title, Instant createdAt, Instant updatedAt, int messageCount) {}
