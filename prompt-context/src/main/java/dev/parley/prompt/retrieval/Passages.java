package dev.parley.prompt.retrieval;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Splits a document into passages of as many whole paragraphs as fit; a heading begins a new passage. Pure. */
final class Passages {
    static final int MAX_CHARS = 1_200;

    private static final Pattern PARAGRAPH = Pattern.compile("\\n[ \\t]*\\n\\s*");
    private static final Pattern HEADING = Pattern.compile("#{1,6} .*");

    private final String path;
    private final String title;
    private final List<Passage> passages = new ArrayList<>();
    private final StringBuilder current = new StringBuilder();

    private Passages(String path, String title) {
        this.path = path;
        this.title = title;
    }

    static List<Passage> of(String path, String text) {
        String plain = text.replace("\r\n", "\n").strip();
        Passages split = new Passages(path, title(path, plain));
        PARAGRAPH.splitAsStream(plain).forEach(split::add);
        split.finish();
        return split.passages;
    }

    /** The first heading, or the file's name if there is none. */
    private static String title(String path, String text) {
        return text.lines()
                .filter(line -> HEADING.matcher(line).matches())
                .findFirst()
                .map(line -> line.replaceFirst("#+ +", "").strip())
                .filter(heading -> !heading.isEmpty())
                .orElse(path.substring(path.lastIndexOf('/') + 1));
    }

    private void add(String paragraph) {
        if (HEADING.matcher(paragraph.lines().findFirst().orElse("")).matches()
                || current.length() + 2 + paragraph.length() > MAX_CHARS) {
            finish();
        }
        String rest = paragraph;
        while (rest.length() > MAX_CHARS) {
            int end = end(rest);
            current.append(rest, 0, end);
            finish();
            rest = rest.substring(end);
        }
        current.append(current.isEmpty() ? "" : "\n\n").append(rest);
    }

    /** After the last blank of the second half if there is one, and never within a surrogate pair. */
    private static int end(String text) {
        int blank = text.lastIndexOf(' ', MAX_CHARS - 1);
        if (blank >= MAX_CHARS / 2) {
            return blank + 1;
        }
        return Character.isHighSurrogate(text.charAt(MAX_CHARS - 1)) ? MAX_CHARS - 1 : MAX_CHARS;
    }

    private void finish() {
        String text = current.toString().strip();
        current.setLength(0);
        if (!text.isEmpty()) {
            passages.add(new Passage(path + "#" + (passages.size() + 1), title, text));
        }
    }
}
