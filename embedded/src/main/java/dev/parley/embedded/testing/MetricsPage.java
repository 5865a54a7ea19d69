package dev.parley.embedded.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The metrics in {@code docs/metrics.md} and those of a scrape, in the same form: type and labels by name. */
public final class MetricsPage {

    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final Pattern ROW = Pattern.compile(
            "\\| `(parley_[a-z_]+)` \\| (gauge|counter|histogram) \\| ([^|]+) \\| ([^|]*)\\| [^|]+ \\| [^|]+ \\|");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");
    /** Labels that Prometheus adds to a histogram. */
    private static final List<String> OF_BUCKETS = List.of("le", "quantile");

    private MetricsPage() {}

    /** @param prefix such as {@code parley_gateway_} */
    public static Map<String, String> documented(String prefix) {
        Map<String, String> metrics = new TreeMap<>();
        for (String line : lines()) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && row.group(1).startsWith(prefix)) {
                String before = metrics.put(row.group(1), described(row.group(2), labels(row.group(4))));
                if (before != null) {
                    throw new IllegalStateException(PAGE + " has two rows for " + row.group(1));
                }
            } else if (line.startsWith("| `parley_") && !row.matches()) {
                throw new IllegalStateException(PAGE + ": this row does not have the columns of its table: " + line);
            }
        }
        return metrics;
    }

    /** @param text the body of {@code /actuator/prometheus} */
    public static Map<String, String> scraped(String text, String prefix) {
        Map<String, String> types = new TreeMap<>();
        text.lines()
                .map(line -> line.split(" "))
                .filter(words -> words[0].equals("#"))
                .forEach(words -> {
                    if (words[1].equals("TYPE") && words[2].startsWith(prefix) && !words[2].endsWith("_seconds_max")) {
                        types.put(words[2], words[3]);
                    }
                });
        Map<String, String> metrics = new TreeMap<>();
        types.forEach((name, type) -> metrics.put(name, described(type, labelsOf(name, text))));
        return metrics;
    }

    private static SortedSet<String> labelsOf(String name, String text) {
        SortedSet<String> labels = new TreeSet<>();
        text.lines()
                .filter(line -> line.matches(name + "(_count|_bucket|_sum)?[{ ].*"))
                .forEach(line -> LABEL.matcher(line).results().forEach(label -> labels.add(label.group(1))));
        OF_BUCKETS.forEach(labels::remove);
        return labels;
    }

    private static SortedSet<String> labels(String cell) {
        return Arrays.stream(cell.split(","))
                .map(label -> label.strip().replace("`", ""))
                .filter(label -> !label.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String described(String type, SortedSet<String> labels) {
        return type + " " + labels;
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(PAGE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
