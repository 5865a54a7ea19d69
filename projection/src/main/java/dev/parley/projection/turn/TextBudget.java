package dev.parley.projection.turn;

/**
 * How many characters of unfinished turns may be held in memory, over all partitions of a reader. When it is used up, the texts of answers
 * are counted and not held, and each is taken from its terminal event, which contains the whole text. Not thread-safe.
 */
public final class TextBudget {

    private final long maxChars;
    private long heldChars;

    public TextBudget(long maxChars) {
        this.maxChars = maxChars;
    }

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
