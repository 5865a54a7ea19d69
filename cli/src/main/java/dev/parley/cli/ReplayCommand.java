package dev.parley.cli;

import dev.parley.schema.audit.SeenRecord;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code parley replay}. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Prints an answer again: its text, or with --json its events, one per line.")
final class ReplayCommand implements Callable<Integer> {

    @Mixin
    private final Connection connection = new Connection();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "STREAM", description = "the message's id")
    private String message = "";

    @Option(names = "--user", required = true, description = "the user whose stream it is")
    private String user = "";

    @Option(
            names = "--speed",
            paramLabel = "N",
            description = "1: at its original pace, 2: twice as fast; default: at once")
    private double speed = Double.POSITIVE_INFINITY;

    @Override
    public Integer call() throws Exception {
        if (!(speed > 0)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--speed must be more than 0");
        }
        StreamId id = Arguments.stream(spec, user, message);
        try (var history = connection.history()) {
            Optional<StreamRecords> found;
            try {
                found = StreamRecords.find(connection, history, id);
            } catch (IllegalArgumentException e) {
                spec.commandLine().getErr().println("Its archive cannot be read: " + e.getMessage());
                return Exit.PROBLEM;
            }
            if (found.isEmpty()) {
                spec.commandLine().getErr().println("No such stream.");
                return Exit.NOT_FOUND;
            }
            play(found.get());
            return Exit.OK;
        }
    }

    private void play(StreamRecords stream) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        StreamLog log = StreamLog.EMPTY;
        long begin = System.nanoTime();
        long beginMs = stream.records().getFirst().timeMs();
        for (SeenRecord record : stream.records()) {
            if (log.accept(record.entry()) instanceof Verdict.Accepted(StreamLog after)) {
                if (after.length() > log.length()) {
                    double sinceMs = (record.timeMs() - beginMs) / speed;
                    long due = begin + (long) (sinceMs * TimeUnit.MILLISECONDS.toNanos(1));
                    TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
                    show(record, out);
                }
                log = after;
            }
        }
        if (!connection.isJson()) {
            out.println();
        }
        out.flush();
    }

    private void show(SeenRecord record, PrintWriter out) {
        if (connection.isJson()) {
            out.println(new String(record.value(), StandardCharsets.UTF_8));
        } else if (record.type().equals("content_chunk")) {
            JsonNode frame = FrameCodec.mapper().readTree(record.value());
            out.print(plain(frame.path("data").path("content").asString("")));
        }
        out.flush();
    }

    /** Without control characters, so that the text of a model cannot control the terminal. */
    private static String plain(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "\uFFFD");
    }
}
