package dev.parley.store.export;

import java.util.regex.Pattern;

/**
 * Puts a text into a Markdown document so that it cannot change the document's structure. A text without anything that could begin or end a
 * block is left as it is. Any other becomes a block quotation, which ends with the text, as does every fence, heading and piece of HTML that
 * the text leaves open.
 */
final class MarkdownText {

    private static final Pattern LINE_END = Pattern.compile("\\r\\n|\\r|\\n");
    /** A line that may open or close a block, or define a link for the whole document. */
    private static final Pattern STRUCTURE = Pattern.compile(
            "^[ \\t]*(`{3}|~{3}|#{1,6}([ \\t]|$)|=+[ \\t]*$|-[ \\t-]*$|(\\*[ \\t]*){3,}$|(_[ \\t]*){3,}$|>|\\[[^\\]]*\\]:)|<",
            Pattern.MULTILINE);
    /** Characters that change the order of what follows them, and control characters. */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cntrl}\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]");

    private static final Pattern SPECIAL = Pattern.compile("[\\\\`*_\\[\\]<>&#~]");

    private MarkdownText() {}

    /** As a block. Without its quotation marks it is the same text, with LF as the end of each line. */
    static String block(String text) {
        String lines = LINE_END.matcher(text).replaceAll("\n");
        return STRUCTURE.matcher(lines).find() ? "> " + lines.replace("\n", "\n> ") : lines;
    }

    /** In a line, such as a heading. */
    static String line(String text) {
        String plain =
                UNSEEN.matcher(text.replaceAll("\\s+", " ")).replaceAll("").strip();
        return SPECIAL.matcher(plain).replaceAll("\\\\$0");
    }
}
