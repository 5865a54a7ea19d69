package dev.parley.providers;

import org.jspecify.annotations.Nullable;

/**
 * The tokens of an answer as the service counted them.
 *
 * @param completion all tokens that the model wrote, including its reasoning
 * @param reasoning the part of {@code completion} that was reasoning
 */
public record Usage(int prompt, int completion, int reasoning) {

    /** More than any model reads or writes for one answer; a higher count is an error of the service. */
    public static final int MAX_TOKENS = 1_000_000_000;

    /** @throws IllegalArgumentException if a count is out of range */
    public Usage {
        if (!isCount(prompt) || !isCount(completion) || reasoning < 0 || reasoning > completion) {
            throw new IllegalArgumentException("Token counts must be 0 to " + MAX_TOKENS
                    + ", and reasoning at most completion: " + prompt + ", " + completion + ", " + reasoning);
        }
    }

    /**
     * The counts that a service reports, which may be anything.
     *
     * @param reasoning treated as 0 if it is impossible
     * @return null if one of the other counts is impossible; the caller then estimates them
     */
    public static @Nullable Usage reported(long prompt, long completion, long reasoning) {
        if (!isCount(prompt) || !isCount(completion)) {
            return null;
        }
        boolean possible = reasoning >= 0 && reasoning <= completion;
        return new Usage((int) prompt, (int) completion, possible ? (int) reasoning : 0);
    }

    private static boolean isCount(long count) {
        return count >= 0 && count <= MAX_TOKENS;
    }
}
