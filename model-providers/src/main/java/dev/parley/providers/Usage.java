package dev.parley.providers;

import org.jspecify.annotations.Nullable;

/**
 * Tokens as the service counted them.
 *
 * @param completion all that the model wrote, its reasoning included
 * @param reasoning the part of {@code completion} that was reasoning
 */
public record Usage(int prompt, int completion, int reasoning) {

    /** No model reads or writes more in one answer; a higher count is an error of the service. */
    public static final int MAX_TOKENS = 1_000_000_000;

    /** @throws IllegalArgumentException if a count cannot be one */
    public Usage {
        if (!isCount(prompt) || !isCount(completion) || reasoning < 0 || reasoning > completion) {
            throw new IllegalArgumentException(
                    "Token counts are 0 to " + MAX_TOKENS + ", and reasoning is part of completion");
        }
    }

    /**
     * What a service says, if it can be true. A service may say anything.
     *
     * @param reasoning counts as 0 if it cannot be
     * @return null if the other counts cannot be: then they are estimated
     */
    public static @Nullable Usage told(long prompt, long completion, long reasoning) {
        if (!isCount(prompt) || !isCount(completion)) {
            return null;
        }
        boolean isPart = reasoning >= 0 && reasoning <= completion;
        return new Usage((int) prompt, (int) completion, isPart ? (int) reasoning : 0);
    }

    private static boolean isCount(long count) {
        return count >= 0 && count <= MAX_TOKENS;
    }
}
