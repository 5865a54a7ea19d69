package dev.parley.store.read;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a stream.
 *
 * @param status {@code queued}, {@code streaming}, {@code complete}, {@code stopped} or {@code error}
 * @param lastSeq of its last event; -1 if there is none yet
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
