package dev.parley.cli;

import dev.parley.schema.audit.Audit;
import dev.parley.schema.json.FrameCodec;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Prints the audit of a stream, as text or JSON. */
record AuditPrinter(PrintWriter out, boolean json) {

    /** @param silentSince the time of the last record, if the stream has no end and no worker writes it any more; otherwise null */
    void show(Audit audit, @Nullable Instant silentSince) {
        if (json) {
            ObjectNode document = FrameCodec.mapper().valueToTree(audit);
            if (silentSince != null) {
                document.put("silent_since", silentSince.toString());
            }
            out.println(document);
        } else {
            out.println(nameOf(audit) + ": " + audit.verdict() + ", from " + audit.source());
            if (silentSince != null) {
                out.println("  SILENT since " + silentSince);
            }
            showDetails(audit);
        }
        out.flush();
    }

    /** Prints the dropped records of a stream without a problem. */
    void showDropped(Audit audit) {
        if (json) {
            show(audit, null);
        } else {
            out.println(nameOf(audit) + ": dropped "
                    + audit.dropped().stream()
                            .map(dropped -> dropped.count() + " " + dropped.reason())
                            .collect(Collectors.joining(", ")));
            out.flush();
        }
    }

    private static String nameOf(Audit audit) {
        return audit.userId() + "/" + audit.messageId() + " (session " + audit.sessionId() + ")";
    }

    private void showDetails(Audit audit) {
        audit.checks()
                .forEach(check ->
                        out.println((check.ok() ? "  ok     " : "  WRONG  ") + check.name() + ": " + check.detail()));
        audit.dropped().forEach(dropped -> out.println("  dropped " + dropped.count() + " " + dropped.reason()));
        audit.attempts()
                .forEach(attempt -> out.println("  " + attempt.workerId() + " wrote from seq " + attempt.fromSeq()
                        + " on, " + attempt.at() + ", claim " + attempt.claim()));
        if (audit.askedBy() != null) {
            out.println("  asked by " + audit.askedBy().userId() + ", "
                    + audit.askedBy().at());
        }
        if (audit.stoppedBy() != null) {
            out.println("  stopped by " + audit.stoppedBy().userId() + ", "
                    + audit.stoppedBy().at() + " (" + audit.stoppedBy().reason() + ")");
        }
        out.println("  " + audit.events() + " events, digest " + audit.digest());
    }
}
