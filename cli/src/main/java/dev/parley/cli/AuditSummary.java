package dev.parley.cli;

import dev.parley.schema.audit.Audit;
import dev.parley.schema.json.FrameCodec;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The numbers of an audit of all streams. */
final class AuditSummary {

    private final Map<String, Long> verdicts = new HashMap<>();
    private final Map<String, Long> dropped = new TreeMap<>();
    private long streams;
    private long silent;
    private long withDropped;
    private long archived;
    private @Nullable Instant kafkaSince;

    /** Kafka has deleted what is older, which is read from the archive. */
    void kafkaBeginsAt(Instant time) {
        kafkaSince = time;
    }

    void add(Audit audit, boolean isSilent) {
        streams++;
        verdicts.merge(audit.verdict(), 1L, Long::sum);
        silent += isSilent ? 1 : 0;
        withDropped += audit.dropped().isEmpty() ? 0 : 1;
        audit.dropped().forEach(each -> dropped.merge(each.reason(), each.count(), Long::sum));
        archived += audit.source().equals(StreamRecords.ARCHIVE) ? 1 : 0;
    }

    /** Whether there is a problem. Dropped records are none, because a takeover leaves some. */
    boolean hasProblem() {
        return count(Audit.VIOLATIONS) > 0 || silent > 0;
    }

    void show(PrintWriter out, boolean json) {
        if (json) {
            out.println(FrameCodec.mapper().writeValueAsString(fields()));
        } else {
            if (kafkaSince != null) {
                out.println("Kafka has not all from before " + kafkaSince + " any more: " + archived
                        + " streams were read from the archive");
            }
            out.println(streams + " streams: " + count(Audit.OK) + " ok, " + count(Audit.VIOLATIONS)
                    + " with violations, " + count(Audit.INCOMPLETE) + " without an end yet, " + silent
                    + " of those silent");
            if (withDropped > 0) {
                out.println(withDropped + " streams with dropped records: "
                        + dropped.entrySet().stream()
                                .map(each -> each.getValue() + " " + each.getKey())
                                .collect(Collectors.joining(", ")));
            }
        }
        out.flush();
    }

    private Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("streams", streams);
        fields.put(Audit.OK, count(Audit.OK));
        fields.put(Audit.VIOLATIONS, count(Audit.VIOLATIONS));
        fields.put(Audit.INCOMPLETE, count(Audit.INCOMPLETE));
        fields.put("silent", silent);
        fields.put("with_dropped", withDropped);
        fields.put(
                "dropped",
                dropped.entrySet().stream()
                        .map(each -> new Audit.Dropped(each.getKey(), each.getValue()))
                        .toList());
        fields.put("from_archive", archived);
        if (kafkaSince != null) {
            fields.put("kafka_since", kafkaSince.toString());
        }
        return fields;
    }

    private long count(String verdict) {
        return verdicts.getOrDefault(verdict, 0L);
    }
}
