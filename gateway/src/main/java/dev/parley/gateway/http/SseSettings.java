package dev.parley.gateway.http;

import dev.parley.gateway.relay.PastStreamMemory;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.gateway.sse}: answers as server-sent events.
 *
 * @param heartbeatMs how often a comment is sent when there is no event, so that a connection that is gone is noticed
 * @param maxBodyBytes longest body of a request
 * @param maxReplayGapMs longest pause between two events of a replay, however long it was in truth
 * @param maxReplayBytes of all events that are held only for readers that are not through with them: out of the archive, or no more in the
 *     hot window; one stream is always taken. 0: an eighth of the heap, at most 128 MiB
 */
public record SseSettings(
        @DefaultValue("10000") @Min(1) @Max(600_000) int heartbeatMs,
        @DefaultValue("262144") @Min(1) int maxBodyBytes,
        @DefaultValue("60000") @Min(1) int maxReplayGapMs,
        @DefaultValue("0") @Min(0) int maxReplayBytes) {

    private static final long MOST_DERIVED_BYTES = 128L * 1024 * 1024;

    public PastStreamMemory pastBytes() {
        return new PastStreamMemory(pastBytes(Runtime.getRuntime().maxMemory()));
    }

    public long pastBytes(long heapBytes) {
        return maxReplayBytes > 0 ? maxReplayBytes : Math.min(MOST_DERIVED_BYTES, Math.max(1, heapBytes / 8));
    }
}
