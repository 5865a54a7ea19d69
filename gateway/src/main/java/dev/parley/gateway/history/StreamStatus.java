package dev.parley.gateway.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a stream is.
 *
 * @param status {@code queued}, {@code streaming}, {@code complete}, {@code stopped} or {@code error}
 * @param lastSeq -1 if there is no event yet
 */
public record StreamStatus(
        String messageId,
        String sessionId,
        @Nullable String aiMessageId,
        String status,
        long lastSeq,
        int attempts,
        @Nullable String provider,
        @Nullable String model,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt) {}
