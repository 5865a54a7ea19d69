package dev.parley.providers.anthropic;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** A model's version by its name, such as {@code claude-sonnet-4-6} or {@code claude-3-7-sonnet-20250219}, and what follows from it. */
record ClaudeVersion(int major, int minor) {

    private static final Pattern NUMBERS = Pattern.compile("^claude-(?:[a-z]+-)*(\\d{1,2})(?:-(\\d{1,2}))?(?:-|@|$)");

    private static final int NEWEST = 99;

    /** A name without a version is treated as that of a new model. */
    static ClaudeVersion of(String model) {
        Matcher numbers = NUMBERS.matcher(model);
        if (!numbers.find()) {
            return new ClaudeVersion(NEWEST, 0);
        }
        String minor = numbers.group(2);
        return new ClaudeVersion(Integer.parseInt(numbers.group(1)), minor == null ? 0 : Integer.parseInt(minor));
    }

    /** The limit of an answer if the request has none, because the service requires one. Reasoning counts towards it. */
    int defaultMaxTokens() {
        if (isAtLeast(4, 0)) {
            return 32_000;
        }
        return isAtLeast(3, 5) ? 8_192 : 4_096;
    }

    /** Asks for readable reasoning: newer models decide on its length, older ones need a limit, the oldest cannot reason. */
    void askForReasoning(ObjectNode body, int maxTokens) {
        int budget = Math.min(8_000, maxTokens / 2);
        if (isAtLeast(4, 6)) {
            body.putObject("thinking").put("type", "adaptive").put("display", "summarized");
        } else if (isAtLeast(3, 7) && budget >= 1_024) {
            body.putObject("thinking").put("type", "enabled").put("budget_tokens", budget);
        }
    }

    private boolean isAtLeast(int otherMajor, int otherMinor) {
        return major > otherMajor || (major == otherMajor && minor >= otherMinor);
    }
}
