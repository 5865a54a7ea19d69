package dev.parley.projection;

import dev.parley.schema.kafka.ProjectionPosition;
import java.time.Duration;
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
@ConfigurationProperties("parley.projection")
public record ProjectionSettings(
        @DefaultValue(ProjectionPosition.DEFAULT_GROUP) String group,
        @DefaultValue("consumer") String groupProtocol,
        @DefaultValue("6s") Duration sessionTimeout,
        @DefaultValue("500ms") Duration writeInterval,
        @DefaultValue("300") int writeGrowthPercent,
        @DefaultValue("24h") Duration longestStream,
        @DefaultValue("0") long maxOpenChars,
        @DefaultValue("1s") Duration commitInterval,
        @DefaultValue("2000") int pollRecords,
        @DefaultValue("100ms") Duration fetchWait,
        @DefaultValue("3s") Duration storeTimeout,
        @DefaultValue("200ms") Duration retryFirst,
        @DefaultValue("5s") Duration retryMost,
        @DefaultValue("15s") Duration unreadyAfter) {

    private static final long MOST_OPEN_CHARS = 64_000_000;

    /** @throws IllegalArgumentException if a value makes no sense */
    public ProjectionSettings {
        check(groupProtocol.equals("consumer") || groupProtocol.equals("classic"), "group-protocol");
        check(!group.isBlank(), "group");
        check(isPositive(sessionTimeout), "session-timeout");
        check(!writeInterval.isNegative(), "write-interval");
        check(writeGrowthPercent >= 0, "write-growth-percent");
        check(isPositive(longestStream), "longest-stream");
        check(maxOpenChars >= 0, "max-open-chars");
        check(!commitInterval.isNegative(), "commit-interval");
        check(pollRecords > 0, "poll-records");
        check(!fetchWait.isNegative(), "fetch-wait");
        check(isPositive(storeTimeout), "store-timeout");
        check(isPositive(unreadyAfter), "unready-after");
        check(isPositive(retryFirst) && retryMost.compareTo(retryFirst) >= 0, "retry-first, retry-most");
    }

    /**
     * How many characters of turns under way are held.
     *
     * @param heapBytes of this process. A character takes a byte or two, and about as much in the archive of its stream
     */
    public long openChars(long heapBytes) {
        return maxOpenChars > 0 ? maxOpenChars : Math.min(MOST_OPEN_CHARS, Math.max(1, heapBytes / 16));
    }

    private static boolean isPositive(Duration duration) {
        return duration.isPositive();
    }

    private static void check(boolean right, String name) {
        if (!right) {
            throw new IllegalArgumentException("parley.projection." + name + " makes no sense");
        }
    }
}
