package dev.parley.engine.stream;

import dev.parley.schema.event.ReasoningStep;

/**
 * How far the model's reasoning has come. A step ends with a blank line; if it comes in several chunks, all have its number.
 *
 * @param chars of all steps
 * @param step the number of the last step, 0 before the first
 * @param open whether more of that step may come
 * @param newline whether its text so far ends with a line feed
 */
record Thinking(int chars, int step, boolean open, boolean newline) {
    static final Thinking NONE = new Thinking(0, 0, false, false);

    Thinking plus(ReasoningStep next) {
        String text = next.description();
        return new Thinking(chars + text.length(), next.stepNumber(), !endsStep(text), text.endsWith("\n"));
    }

    /** The number that the next piece of reasoning has. */
    int nextStep() {
        return open ? step : step + 1;
    }

    /** How much of the text belongs to the next step. */
    int endOfStep(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\n' && (i > 0 ? text.charAt(i - 1) == '\n' : open && newline)) {
                return afterNewlines(text, i + 1);
            }
        }
        return text.length();
    }

    private boolean endsStep(String text) {
        return text.endsWith("\n\n") || (text.equals("\n") && open && newline);
    }

    private static int afterNewlines(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) == '\n') {
            end++;
        }
        return end;
    }
}
