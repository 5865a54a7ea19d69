package dev.parley.projection.turn;

/**
 * How many characters of turns under way may be held, over all partitions of a reader. Past it, the texts of answers are counted
 * and not held until some end: each is written with its terminal event, which has it whole. Not thread-safe.
 */
public final class TextBudget {

    private final long maxChars;
    private long heldChars;

    public TextBudget(long maxChars) {
        this.maxChars = maxChars;
    }

    /** Enough for anything. */
    public static TextBudget unbounded() {
        return new TextBudget(Long.MAX_VALUE);
    }

    public long heldChars() {
        return heldChars;
    }

    boolean hasRoom() {
        return heldChars < maxChars;
    }

    void hold(long chars) {
        heldChars += chars;
    }

    void release(long chars) {
        heldChars -= chars;
    }
}
