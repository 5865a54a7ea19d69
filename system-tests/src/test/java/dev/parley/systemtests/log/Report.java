package dev.parley.systemtests.log;

import dev.parley.schema.log.DropReason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a {@link Checker} found. */
public final class Report {

    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, Integer> terminals = new TreeMap<>();
    private final Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);
    private final List<String> violations = new ArrayList<>();

    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    void terminal(String type) {
        terminals.merge(type, 1, Integer::sum);
    }

    void dropped(Map<DropReason, Integer> ofStream) {
        ofStream.forEach((reason, count) -> dropped.merge(reason, count, Integer::sum));
    }

    void violation(String promise, Object where, String what) {
        violations.add(promise + " " + where + ": " + what);
    }

    /** Broken promises as text, each with the name of the promise and the stream. */
    public List<String> violations() {
        return List.copyOf(violations);
    }

    public int of(String what) {
        return counts.getOrDefault(what, 0);
    }

    public Map<String, Integer> terminals() {
        return terminals;
    }

    public Map<DropReason, Integer> dropped() {
        return dropped;
    }

    /** The counts in one line. */
    public String line() {
        return "checked: commands=%d acknowledged=%d streams=%d takeovers=%d terminals=%s lost=%d doubled=%d dropped=%s frames=%d documents=%d violations=%d"
                .formatted(
                        of("commands"),
                        of("acknowledged"),
                        of("streams"),
                        of("takeovers"),
                        terminals,
                        of("lost"),
                        of("doubled"),
                        dropped,
                        of("frames"),
                        of("documents"),
                        violations.size());
    }

    public void assertClean() {
        if (!violations.isEmpty()) {
            throw new AssertionError(line() + "\n  " + String.join("\n  ", violations));
        }
    }
}
