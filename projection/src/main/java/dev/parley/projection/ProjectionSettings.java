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
 * @param group of consumers; another name reads the log anew
 * @param groupProtocol {@code consumer}, or {@code classic} for brokers that do not know it
 * @param sessionTimeout after which a member is taken for dead, with {@code classic}; else it is the broker's
 * @param writeInterval at least this long between two writes of a turn under way; its end is written at once
 * @param writeGrowthPercent by which the text of a turn, or the time since its first words, grows before it is written again: with 300,
 *     what is written of an answer and its archive is about three times its text; 0 writes at every interval
 * @param longestStream after which a stream without an end is given up, by the times of the records
 * @param maxOpenChars most characters of turns under way that are held; past it, an answer's text is taken from its terminal event; 0: a
 *     sixteenth of the heap's bytes, at most 64,000,000
 * @param commitInterval at least this long between two commits
 * @param pollRecords most records that are folded before they are written
 * @param fetchWait how long a fetch may wait to fill
 * @param storeTimeout how long the store may take to be found
 * @param retryFirst wait after a failed write, doubled each time
 * @param retryMost longest such wait
 * @param unreadyAfter it is not ready when Kafka or the store has not answered for so long
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

    private static final long MOST_OPEN_CHARS = 64_000_000;

    @Override
    public void check(Problems problems) {
        problems.atMost("parley.projection.retry-first", retryFirst, "parley.projection.retry-most", retryMost);
    }

    /**
     * How many characters of turns under way are held.
     *
     * @param heapBytes of this process. A character takes a byte or two, and about as much in the archive of its stream
     */
    public long openChars(long heapBytes) {
        return maxOpenChars > 0 ? maxOpenChars : Math.min(MOST_OPEN_CHARS, Math.max(1, heapBytes / 16));
    }
}
