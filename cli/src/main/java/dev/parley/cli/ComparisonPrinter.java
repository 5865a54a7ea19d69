package dev.parley.cli;

import dev.parley.projection.rebuild.Comparison;
import dev.parley.projection.rebuild.Rebuild;
import dev.parley.schema.json.FrameCodec;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints the result of a rebuild or a verification, as text or JSON. */
final class ComparisonPrinter {

    private static final int MAX_IDS = 20;

    private ComparisonPrinter() {}

    static void show(Rebuild.Result result, boolean json, String outcome, PrintWriter out) {
        double seconds = result.nanos() / 1e9;
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("outcome", outcome);
            fields.put("equal", result.isEqual());
            fields.put("events", result.records());
            fields.put("archived_events", result.archived());
            fields.put("seconds", seconds);
            fields.put("events_per_second", (long) ((result.records() + result.archived()) / Math.max(1e-9, seconds)));
            fields.put("collections", result.comparisons());
            fields.put("damaged_archives", result.damaged());
            out.println(FrameCodec.mapper().writeValueAsString(fields));
        } else {
            out.printf(
                    Locale.ROOT,
                    "%,d events of Kafka and %,d of the archive in %.1f s%n",
                    result.records(),
                    result.archived(),
                    seconds);
            result.comparisons().forEach(each -> show(each, out));
            result.damaged()
                    .forEach(id ->
                            out.println("  the archive of " + id + " is damaged: its documents cannot be checked"));
            out.println(outcome);
        }
        out.flush();
    }

    private static void show(Comparison comparison, PrintWriter out) {
        out.println("  " + comparison.collection() + ": " + comparison.same() + " the same, "
                + comparison.different().size() + " different, "
                + comparison.missing().size() + " missing, "
                + comparison.unknown().size() + " unknown to the log, " + comparison.moving()
                + " being written");
        ids("different", comparison.different(), out);
        ids("missing", comparison.missing(), out);
        ids("not in the log", comparison.unknown(), out);
    }

    private static void ids(String what, List<String> ids, PrintWriter out) {
        ids.stream().limit(MAX_IDS).forEach(id -> out.println("    " + what + ": " + id));
        if (ids.size() > MAX_IDS) {
            out.println("    and " + (ids.size() - MAX_IDS) + " more " + what);
        }
    }
}
