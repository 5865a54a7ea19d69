package dev.parley.cli;

import dev.parley.gateway.history.History;
import dev.parley.schema.audit.Audit;
import dev.parley.schema.audit.Origins;
import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.audit.StreamAuditor;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.Command.DeleteConversation;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.RawRecords;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Entry;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
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
            "Checks whether a stream's records keep the promises, and tells who asked, who wrote and who stopped it.",
            "With --all: all streams that began since, from Kafka; only what is wrong is shown, and a summary."
        })
final class AuditCommand implements Callable<Integer> {

    /** Longest that a message waits before its answer begins. */
    private static final Duration WAITED = Duration.ofMinutes(10);

    @Mixin
    private final Connection connection = new Connection();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "STREAM", arity = "0..1", description = "the message's id")
    private @Nullable String message;

    @Option(names = "--user", description = "whose it is")
    private @Nullable String user;

    @Option(names = "--all", description = "all streams")
    private boolean all;

    @Option(names = "--since", paramLabel = "TIME", description = "30m, 24h, 7d ago, or RFC 3339; 24h if not given")
    private String since = "24h";

    @Override
    public Integer call() throws Exception {
        if (all == (message != null)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Either STREAM with --user, or --all");
        }
        try (var history = connection.history()) {
            return all ? auditAll(history) : auditOne(history);
        }
    }

    private int auditOne(History history) throws TimeoutException {
        if (message == null || user == null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--user is missing");
        }
        StreamId id = Asked.stream(spec, user, message);
        Audit audit;
        try {
            Optional<Streams> found = Streams.find(connection, history, id);
            if (found.isEmpty()) {
                spec.commandLine().getErr().println("No such stream.");
                return Exit.NOT_THERE;
            }
            audit = audit(found.get());
        } catch (IllegalArgumentException e) {
            audit = Audit.ofDamaged(id, String.valueOf(e.getMessage()));
        }
        show(audit);
        return audit.verdict().equals(Audit.VIOLATIONS) ? Exit.FOUND : Exit.OK;
    }

    private Audit audit(Streams stream) throws TimeoutException {
        StreamAuditor auditor = new StreamAuditor(stream.stream());
        stream.records().forEach(auditor::add);
        Origins origins = connection
                .lookup()
                .origins(
                        stream.stream(),
                        stream.partition(),
                        Instant.ofEpochMilli(stream.records().getFirst().timeMs())
                                .minus(WAITED),
                        Instant.ofEpochMilli(stream.records().getLast().timeMs())
                                .plus(Duration.ofMinutes(1)));
        return auditor.result(origins, stream.digest(), stream.source());
    }

    private int auditAll(History history) throws TimeoutException {
        Instant begin = Asked.since(spec, since);
        Map<StreamId, Origins> origins = new HashMap<>();
        Map<StreamId, StreamAuditor> auditors = new LinkedHashMap<>();
        try (var consumer = connection.consumer()) {
            Topic.read(consumer, Topics.COMMANDS, begin.minus(WAITED), record -> {
                if (CommandRecords.read(record) instanceof Decoded.Ok<dev.parley.schema.command.Command>(var command)) {
                    switch (command) {
                        case ChatStream chat ->
                            origins.merge(
                                    new StreamId(chat.userId(), chat.messageId()),
                                    Origins.UNKNOWN.plus(chat, record.offset()),
                                    (known, _) -> known.plus(chat, record.offset()));
                        case StopGeneration stop ->
                            origins.merge(
                                    new StreamId(stop.userId(), stop.messageId()),
                                    Origins.UNKNOWN.plus(stop, record.offset()),
                                    (known, _) -> known.plus(stop, record.offset()));
                        case DeleteConversation _ -> {}
                    }
                }
            });
            Topic.read(
                    consumer,
                    Topics.EVENTS,
                    begin,
                    record -> RawRecords.seen(record).ifPresent(seen -> take(auditors, seen)));
        }
        Map<String, Long> verdicts = new LinkedHashMap<>();
        for (StreamAuditor auditor : auditors.values()) {
            String digest =
                    auditor.isOver() ? history.archivedDigest(auditor.stream()).orElse(null) : null;
            Audit audit = auditor.result(origins.getOrDefault(auditor.stream(), Origins.UNKNOWN), digest, "kafka");
            verdicts.merge(audit.verdict(), 1L, Long::sum);
            if (audit.verdict().equals(Audit.VIOLATIONS)) {
                show(audit);
            }
        }
        summary(auditors.size(), verdicts);
        return verdicts.containsKey(Audit.VIOLATIONS) ? Exit.FOUND : Exit.OK;
    }

    /** A stream that began before is not seen whole, so it is left out. */
    private static void take(Map<StreamId, StreamAuditor> auditors, SeenRecord seen) {
        StreamAuditor auditor = auditors.get(seen.stream());
        if (auditor == null && seen.entry() instanceof Entry.Start) {
            auditor = new StreamAuditor(seen.stream());
            auditors.put(seen.stream(), auditor);
        }
        if (auditor != null) {
            auditor.add(seen);
        }
    }

    private void summary(long streams, Map<String, Long> verdicts) {
        PrintWriter out = spec.commandLine().getOut();
        long ok = verdicts.getOrDefault(Audit.OK, 0L);
        long wrong = verdicts.getOrDefault(Audit.VIOLATIONS, 0L);
        long incomplete = verdicts.getOrDefault(Audit.INCOMPLETE, 0L);
        if (connection.isJson()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("streams", streams);
            fields.put(Audit.OK, ok);
            fields.put(Audit.VIOLATIONS, wrong);
            fields.put(Audit.INCOMPLETE, incomplete);
            out.println(FrameCodec.mapper().writeValueAsString(fields));
        } else {
            out.println(streams + " streams: " + ok + " ok, " + wrong + " with violations, " + incomplete
                    + " without an end yet");
        }
        out.flush();
    }

    private void show(Audit audit) {
        PrintWriter out = spec.commandLine().getOut();
        if (connection.isJson()) {
            out.println(FrameCodec.mapper().writeValueAsString(audit));
            out.flush();
            return;
        }
        out.println(audit.userId() + "/" + audit.messageId() + " (session " + audit.sessionId() + "): "
                + audit.verdict() + ", from " + audit.source());
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
        out.flush();
    }
}
