package dev.parley.cli;

import dev.parley.schema.audit.Audit;
import dev.parley.schema.audit.Origins;
import dev.parley.schema.id.StreamId;
import dev.parley.store.read.StoredHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parley audit}. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = {
            "Checks whether the records of a stream keep the guarantees, and prints who asked for it, wrote it and stopped it.",
            "With --all: checks all streams that began since a time, from Kafka. What Kafka has deleted of that time is read from the archive.",
            "Prints those with violations, silent ones without an end, those with dropped records, and a summary."
        })
final class AuditCommand implements Callable<Integer> {

    @Mixin
    private final Connection connection = new Connection();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "STREAM", arity = "0..1", description = "the message's id")
    private @Nullable String message;

    @Option(names = "--user", description = "the user whose stream it is")
    private @Nullable String user;

    @Option(names = "--all", description = "all streams")
    private boolean all;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "such as 30m, 24h, 7d (ago), or a time in RFC 3339; default: 24h")
    private String since = "24h";

    @Option(
            names = "--silent-after",
            paramLabel = "TIME",
            description = "how long a stream without an end may have no record before it is silent; default: 5m")
    private String silentAfter = "5m";

    @Override
    public Integer call() throws Exception {
        if (all == (message != null)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Give either STREAM with --user, or --all");
        }
        try (var history = connection.history()) {
            return all ? auditAll(history) : auditOne(history);
        }
    }

    private int auditOne(StoredHistory history) throws TimeoutException {
        if (message == null || user == null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--user is missing");
        }
        StreamId id = Arguments.stream(spec, user, message);
        Audit audit;
        try {
            Optional<StreamRecords> found = StreamRecords.find(connection, history, id);
            if (found.isEmpty()) {
                spec.commandLine().getErr().println("No such stream.");
                return Exit.NOT_FOUND;
            }
            audit = audit(found.get());
        } catch (IllegalArgumentException e) {
            audit = Audit.ofDamaged(id, String.valueOf(e.getMessage()));
        }
        printer().show(audit, null);
        return audit.verdict().equals(Audit.VIOLATIONS) ? Exit.PROBLEM : Exit.OK;
    }

    private Audit audit(StreamRecords stream) throws TimeoutException {
        Origins origins = connection
                .lookup()
                .origins(
                        stream.stream(),
                        stream.partition(),
                        Instant.ofEpochMilli(stream.records().getFirst().timeMs())
                                .minus(LoggedStreams.MAX_WAIT),
                        Instant.ofEpochMilli(stream.records().getLast().timeMs())
                                .plus(Duration.ofMinutes(1)));
        return stream.auditor().result(origins, stream.digest(), stream.source());
    }

    private int auditAll(StoredHistory history) throws TimeoutException {
        Instant begin = Arguments.since(spec, since);
        Instant silentBefore = Arguments.ago(Arguments.duration(spec, silentAfter));
        LoggedStreams logged;
        try (var consumer = connection.consumer()) {
            logged = LoggedStreams.since(begin, consumer);
        }
        AllStreamsAudit audit = new AllStreamsAudit(history, logged, silentBefore, printer());
        audit.auditLogged();
        Instant wholeSince = logged.wholeSince();
        if (wholeSince != null) {
            audit.summary().kafkaBeginsAt(wholeSince);
            try (var all = new StoredHistory(connection.store())) {
                audit.auditArchived(all.archives().endedSince(begin));
            }
        }
        audit.summary().show(spec.commandLine().getOut(), connection.isJson());
        return audit.summary().hasProblem() ? Exit.PROBLEM : Exit.OK;
    }

    private AuditPrinter printer() {
        return new AuditPrinter(spec.commandLine().getOut(), connection.isJson());
    }
}
