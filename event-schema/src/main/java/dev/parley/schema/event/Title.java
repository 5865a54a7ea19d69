package dev.parley.schema.event;

import java.util.regex.Pattern;

/** The title of a conversation: its first message on one line. */
public final class Title {

    public static final int MAX_CHARS = 80;

    private static final Pattern GAP = Pattern.compile("[\\s\\p{Z}\\p{Cc}]+");

    private Title() {}

    /** At most {@link #MAX_CHARS} characters. A longer text is cut between two characters and ends in an ellipsis. */
    public static String of(String message) {
        String line = GAP.matcher(message).replaceAll(" ").strip();
        if (line.length() <= MAX_CHARS) {
            return line;
        }
        int end = MAX_CHARS - 1;
        if (Character.isHighSurrogate(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(0, end).stripTrailing() + "…";
    }
}
