package dev.parley.gateway.http;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
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
        @DefaultValue("10000") @Min(1) @Max(600_000) int heartbeatMs,
        @DefaultValue("262144") @Min(1) int maxBodyBytes,
        @DefaultValue("60000") @Min(1) int maxReplayGapMs,
        @DefaultValue("134217728") @Min(1) int maxReplayBytes) {}
