package dev.parley.gateway.settings;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/**
 * {@code parley.gateway.window}: the hot window, from which clients resume recent streams.
 *
 * @param maxSize of all events together; 0: a quarter of the heap, at most 128 MiB
 * @param keepFinished how long a finished stream can be resumed from memory
 * @param keepSilent how long a stream without an end stays in memory after its last record
 * @param warmUp how much of the log a starting node reads before it is ready: at least {@code keepFinished} and the longest stream
 * @param maxIds number of message ids that are known to be in {@code chat.commands}, the newest; about 30 bytes each
 */
public record WindowSettings(
        @Name("max-bytes") @DefaultValue("0") @Min(0) DataSize maxSize,

        @Name("keep-finished-ms") @DefaultValue("600000") @DurationMin(millis = 1)
        Duration keepFinished,

        @Name("keep-silent-ms") @DefaultValue("3600000") @DurationMin(millis = 1)
        Duration keepSilent,

        @Name("warm-up-ms") @DefaultValue("1500000") @DurationMin(millis = 1) @DurationMax(days = 7)
        Duration warmUp,

        @DefaultValue("1000000") @Min(1) int maxIds) {

    private static final long MAX_DERIVED_BYTES = DataSize.ofMegabytes(128).toBytes();

    /** {@code maxSize}, or the bytes that follow from the heap of this process. */
    public long memoryBytes() {
        return memoryBytes(Runtime.getRuntime().maxMemory());
    }

    long memoryBytes(long heapBytes) {
        return maxSize.toBytes() > 0 ? maxSize.toBytes() : Math.clamp(heapBytes / 4, 1, MAX_DERIVED_BYTES);
    }
}
