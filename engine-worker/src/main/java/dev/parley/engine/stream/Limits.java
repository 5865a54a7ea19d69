package dev.parley.engine.stream;

/**
 * Limits of one stream.
 *
 * @param answerChars longest answer, in UTF-16 units; a longer one is cut and finishes with reason {@code length}. Reasoning beyond it is left
 *     out
 * @param chunkChars longest text of one event, in UTF-16 units
 */
public record Limits(int answerChars, int chunkChars) {
    public static final Limits DEFAULT = new Limits(262_144, 16_384);

    private static final int CHUNK_BYTES = 16 * 1024;

    /** Longest text of one event as its record has it: UTF-8 with JSON escapes. */
    int chunkBytes() {
        return CHUNK_BYTES;
    }

    /** @throws IllegalArgumentException if a chunk could not hold what {@link Fence} may hold back */
    public Limits {
        if (answerChars < 1 || chunkChars < 2 * Fence.MAX_HEAD_CHARS) {
            throw new IllegalArgumentException(
                    "answerChars is " + answerChars + " and must be at least 1; chunkChars is " + chunkChars
                            + " and must be at least " + 2 * Fence.MAX_HEAD_CHARS);
        }
    }
}
