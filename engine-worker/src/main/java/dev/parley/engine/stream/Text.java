package dev.parley.engine.stream;

import org.jspecify.annotations.Nullable;

/** Immutable text to which more can be appended without a copy of what is there. */
public final class Text {
    public static final Text EMPTY = new Text(null, "", 0);

    private static final int JOIN_CHARS = 1024;

    private final @Nullable Text before;
    private final String last;
    private final int length;

    private Text(@Nullable Text before, String last, int length) {
        this.before = before;
        this.last = last;
        this.length = length;
    }

    public static Text of(String text) {
        return EMPTY.plus(text);
    }

    public Text plus(String more) {
        if (more.isEmpty()) {
            return this;
        }
        return last.length() + more.length() <= JOIN_CHARS
                ? new Text(before, last + more, length + more.length())
                : new Text(this, more, length + more.length());
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** The whole text, in time proportional to its length. */
    @Override
    public String toString() {
        char[] chars = new char[length];
        int end = length;
        for (Text part = this; part != null; part = part.before) {
            end -= part.last.length();
            part.last.getChars(0, part.last.length(), chars, end);
        }
        return new String(chars);
    }
}
