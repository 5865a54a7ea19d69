package dev.parley.cli;

import dev.parley.schema.audit.Audit;
import dev.parley.schema.audit.StreamAuditor;
import dev.parley.schema.id.StreamId;
import dev.parley.store.read.StoredHistory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Audits all streams one after the other, shows those with a problem or with dropped records, and counts all. Not thread-safe. */
final class AllStreamsAudit {

    private final StoredHistory history;
    private final LoggedStreams logged;
    private final Instant silentBefore;
    private final AuditPrinter printer;
    private final AuditSummary summary = new AuditSummary();

    /** @param silentBefore a stream without an end whose last record is older is silent: no worker writes it any more */
    AllStreamsAudit(StoredHistory history, LoggedStreams logged, Instant silentBefore, AuditPrinter printer) {
        this.history = history;
        this.logged = logged;
        this.silentBefore = silentBefore;
        this.printer = printer;
    }

    AuditSummary summary() {
        return summary;
    }

    /** Audits the streams that Kafka has, each with its digest in the archive. */
    void auditLogged() {
        for (StreamAuditor auditor : logged.auditors()) {
            String digest = auditor.isOver()
                    ? history.archives().digest(auditor.stream()).orElse(null)
                    : null;
            audit(auditor, digest, StreamRecords.KAFKA);
        }
    }

    /** Audits those of the streams that Kafka does not have, from the archive. */
    void auditArchived(List<StreamId> streams) {
        for (StreamId id : streams) {
            if (!logged.has(id)) {
                auditArchived(id);
            }
        }
    }

    private void auditArchived(StreamId id) {
        Optional<StreamRecords> found;
        try {
            found = StreamRecords.archived(history, id);
        } catch (IllegalArgumentException e) {
            report(Audit.ofDamaged(id, String.valueOf(e.getMessage())), null);
            return;
        }
        found.ifPresent(stream -> audit(stream.auditor(), stream.digest(), stream.source()));
    }

    private void audit(StreamAuditor auditor, @Nullable String digest, String source) {
        Instant last = auditor.lastAt();
        boolean silent = !auditor.isOver() && last != null && last.isBefore(silentBefore);
        report(auditor.result(logged.origins(auditor.stream()), digest, source), silent ? last : null);
    }

    private void report(Audit audit, @Nullable Instant silentSince) {
        summary.add(audit, silentSince != null);
        if (audit.verdict().equals(Audit.VIOLATIONS) || silentSince != null) {
            printer.show(audit, silentSince);
        } else if (!audit.dropped().isEmpty()) {
            printer.showDropped(audit);
        }
    }
}
