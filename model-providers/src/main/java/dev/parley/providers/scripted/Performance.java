package dev.parley.providers.scripted;

import java.util.List;
import java.util.function.IntFunction;

/**
 * What is said, and when: first the steps of reasoning, then the chunks.
 *
 * @param chunk the text of a chunk by its number, never empty
 * @param rate steps and chunks a second
 * @param failAt the chunk instead of which the provider fails
 * @param hangAt the chunk instead of which nothing more comes
 */
record Performance(
        List<String> thinking,
        int chunks,
        IntFunction<String> chunk,
        double rate,
        long firstDelayMs,
        int failAt,
        int hangAt) {

    static final double DEFAULT_RATE = 40;
    static final int NEVER = Integer.MAX_VALUE;

    /** An ordinary answer at the usual pace. */
    static Performance of(List<String> thinking, List<String> chunks) {
        return new Performance(thinking, chunks.size(), chunks::get, DEFAULT_RATE, 0, NEVER, NEVER);
    }
}
