package dev.parley.gateway.http;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.gateway.sse}: answers as server-sent events.
 *
 * @param heartbeatMs how often a comment is sent when there is no event, so that a connection that is gone is noticed
 * @param maxBodyBytes longest body of a request
 * @param maxReplayGapMs longest pause between two events of a replay, however long it was in truth
 * @param maxReplayBytes of all events that are held for replays out of the archive; one stream is always taken
 */
public record SseSettings(
        @DefaultValue("10000") int heartbeatMs,
        @DefaultValue("262144") int maxBodyBytes,
        @DefaultValue("60000") int maxReplayGapMs,
        @DefaultValue("134217728") int maxReplayBytes) {

    /** @throws IllegalArgumentException if a bound is not positive */
    public SseSettings {
        if (heartbeatMs < 1 || maxBodyBytes < 1 || maxReplayGapMs < 1 || maxReplayBytes < 1) {
            throw new IllegalArgumentException("parley.gateway.sse: all bounds are positive");
        }
    }
}
