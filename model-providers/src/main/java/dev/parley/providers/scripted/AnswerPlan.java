package dev.parley.providers.scripted;

import java.util.List;
import java.util.function.IntFunction;

/**
 * The pieces of an answer and their times: first the steps of reasoning, then the chunks.
 *
 * @param chunk the text of a chunk by its index, never empty
 * @param rate steps and chunks per second
 * @param failAt index of the chunk at which the provider fails instead
 * @param hangAt index of the chunk at which the provider stops sending instead
 */
record AnswerPlan(
        List<String> thinking,
        int chunks,
        IntFunction<String> chunk,
        double rate,
        long firstDelayMs,
        int failAt,
        int hangAt) {

    static final double DEFAULT_RATE = 40;
    static final int NEVER = Integer.MAX_VALUE;

    /** An answer at the default rate. */
    static AnswerPlan of(List<String> thinking, List<String> chunks) {
        return new AnswerPlan(thinking, chunks.size(), chunks::get, DEFAULT_RATE, 0, NEVER, NEVER);
    }
}
