package dev.parley.gateway.settings;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/**
 * {@code parley.gateway.sse}: answers as server-sent events.
 *
 * @param heartbeat interval of comments while there is no event; a closed connection is noticed by them
 * @param maxBody longest body of a request
 * @param maxReplayGap longest pause between two events of a replay
 * @param maxReplaySize of all past streams together, which are held only for their readers, on WebSockets too; a larger stream is accepted while
 *     no other is held. 0: an eighth of the heap, at most 128 MiB
 */
public record SseSettings(
        @Name("heartbeat-ms") @DefaultValue("10000") @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration heartbeat,

        @Name("max-body-bytes") @DefaultValue("262144") @Min(1) @Max(Integer.MAX_VALUE)
        DataSize maxBody,

        @Name("max-replay-gap-ms") @DefaultValue("60000") @DurationMin(millis = 1)
        Duration maxReplayGap,

        @Name("max-replay-bytes") @DefaultValue("0") @Min(0) DataSize maxReplaySize) {

    private static final long MAX_DERIVED_BYTES = DataSize.ofMegabytes(128).toBytes();

    /** {@code maxReplaySize}, or the bytes that follow from the heap of this process. */
    public long pastStreamBytes() {
        return pastStreamBytes(Runtime.getRuntime().maxMemory());
    }

    public long pastStreamBytes(long heapBytes) {
        return maxReplaySize.toBytes() > 0 ? maxReplaySize.toBytes() : Math.clamp(heapBytes / 8, 1, MAX_DERIVED_BYTES);
    }
}
