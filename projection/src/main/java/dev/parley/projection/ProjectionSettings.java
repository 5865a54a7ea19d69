package dev.parley.projection;

import dev.parley.schema.kafka.ProjectionPosition;
import dev.parley.service.startup.CheckedSettings;
import dev.parley.service.startup.Groups;
import dev.parley.service.startup.Problems;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.projection.*}.
 *
 * @param group of consumers; a new name reads the log from its beginning
 * @param groupProtocol {@code consumer}, or {@code classic} for brokers without it
 * @param sessionTimeout after which the broker removes a member that does not answer, with {@code classic}; with {@code consumer} it is the
 *     broker's setting
 * @param writeInterval shortest time between two writes of an unfinished turn; its end is written at once
 * @param writeGrowthPercent by which the text of a turn, or the time since its first words, grows before it is written again. With 300, the
 *     bytes written of an answer and its archive are about three times its text; with 0, every interval writes
 * @param longestStream after which a stream without an end is given up, by the times of the records
 * @param maxOpenChars most characters of unfinished turns in memory; beyond it, an answer's text is taken from its terminal event. 0: a
 *     sixteenth of the heap's bytes, at most 64,000,000
 * @param commitInterval shortest time between two commits
 * @param pollRecords most records that are folded between two writes
 * @param fetchWait how long a fetch may wait for data
 * @param storeTimeout how long a call waits for a connection to the store
 * @param retryFirst wait after a failed write; doubled after each further failure
 * @param retryMost longest such wait
 * @param unreadyAfter how long Kafka or the store may not answer before the projection is not ready
 */
@ConfigurationProperties(Groups.PROJECTION)
public record ProjectionSettings(
        @DefaultValue(ProjectionPosition.DEFAULT_GROUP) @NotBlank
        String group,

        @DefaultValue("consumer") @Pattern(regexp = "consumer|classic")
        String groupProtocol,

        @DefaultValue("6s") @DurationMin(millis = 1) @DurationMax(hours = 1)
        Duration sessionTimeout,

        @DefaultValue("500ms") @DurationMin(millis = 0) @DurationMax(hours = 1)
        Duration writeInterval,

        @DefaultValue("300") @Min(0) int writeGrowthPercent,
        @DefaultValue("24h") @DurationMin(millis = 1) Duration longestStream,
        @DefaultValue("0") @Min(0) long maxOpenChars,

        @DefaultValue("1s") @DurationMin(millis = 0) @DurationMax(hours = 1)
        Duration commitInterval,

        @DefaultValue("2000") @Min(1) int pollRecords,

        @DefaultValue("100ms") @DurationMin(millis = 0) @DurationMax(minutes = 1)
        Duration fetchWait,

        @DefaultValue("3s") @DurationMin(millis = 1) @DurationMax(hours = 1)
        Duration storeTimeout,

        @DefaultValue("200ms") @DurationMin(millis = 1) Duration retryFirst,

        @DefaultValue("5s") @DurationMin(millis = 1) @DurationMax(hours = 1)
        Duration retryMost,

        @DefaultValue("15s") @DurationMin(millis = 1) @DurationMax(hours = 1)
        Duration unreadyAfter)
        implements CheckedSettings {

    private static final long MAX_OPEN_CHARS = 64_000_000;

    @Override
    public void check(Problems problems) {
        problems.atMost("parley.projection.retry-first", retryFirst, "parley.projection.retry-most", retryMost);
    }

    /**
     * How many characters of unfinished turns may be in memory. A character takes one or two bytes, and about as much in the archive of its
     * stream.
     *
     * @param heapBytes of this process
     */
    public long openChars(long heapBytes) {
        return maxOpenChars > 0 ? maxOpenChars : Math.min(MAX_OPEN_CHARS, Math.max(1, heapBytes / 16));
    }
}
