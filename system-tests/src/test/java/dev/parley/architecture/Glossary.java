package dev.parley.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code docs/glossary.md} says: the classes of its terms, and the words that are not used with their replacements. */
record Glossary(TreeSet<String> types, Map<String, String> words, Map<String, String> typeNames) {
    static final String PATH = "docs/glossary.md";
    private static final String NOT_USED = "## Words that are not used";
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (?!not \\||-)(.+?) \\| (.+?) \\|$");
    private static final Pattern TYPE_IN_BACKTICKS =
            Pattern.compile("`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(\\.[A-Z]\\w*)?`");

    private static final Pattern TEST_IN_BACKTICKS = Pattern.compile("`(?:[a-z]+\\.)*([A-Z]\\w*(?:Test|IT|Contract))`");

    static Glossary read(Path root) {
        String text = text(root.resolve(PATH));
        int notUsed = text.indexOf(NOT_USED);
        if (notUsed < 0) {
            throw new IllegalStateException(PATH + " has no section \"" + NOT_USED + "\"");
        }
        Map<String, String> words = new LinkedHashMap<>();
        Map<String, String> typeNames = new LinkedHashMap<>();
        // Only the first table of the section: what the second one lists is wrong in one sense only.
        String table = text.substring(notUsed).split("\n\n")[2];
        for (MatchResult row : rows(table)) {
            String forbidden = row.group(1);
            if (forbidden.startsWith("`")) {
                typeNames.put(forbidden.replace("`", ""), row.group(2));
            } else {
                words.put(forbidden.split(" ")[0], row.group(2));
            }
        }
        return new Glossary(types(text.substring(0, notUsed)), words, typeNames);
    }

    /** In the documents at the root, in {@code docs}, and in the folders of the modules. */
    static TreeSet<String> testsNamedInDocuments(Path root) {
        TreeSet<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(root, 2)) {
            files.filter(file -> file.toString().endsWith(".md"))
                    .flatMap(file -> TEST_IN_BACKTICKS.matcher(text(file)).results())
                    .forEach(match -> found.add(match.group(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static List<MatchResult> rows(String table) {
        return ROW.matcher(table).results().toList();
    }

    private static TreeSet<String> types(String text) {
        TreeSet<String> found = new TreeSet<>();
        Matcher matcher = TYPE_IN_BACKTICKS.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
            Stream.ofNullable(matcher.group(2))
                    .map(nested -> nested.substring(1))
                    .forEach(found::add);
        }
        return found;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
