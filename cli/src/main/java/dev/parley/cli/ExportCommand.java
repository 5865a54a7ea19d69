package dev.parley.cli;

import dev.parley.schema.id.SessionKey;
import dev.parley.store.export.ConversationExport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parley export}. */
@Command(name = "export", mixinStandardHelpOptions = true, description = "Writes a whole conversation.")
final class ExportCommand implements Callable<Integer> {

    /** The format of the output. */
    enum Format {
        json,
        markdown
    }

    @Mixin
    private final Connection connection = new Connection();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SESSION", description = "the conversation's id")
    private String session = "";

    @Option(names = "--user", required = true, description = "the user whose conversation it is")
    private String user = "";

    @Option(names = "--format", description = "${COMPLETION-CANDIDATES}; default: json")
    private Format format = Format.json;

    @Option(names = "--output", paramLabel = "FILE", description = "the file to write; default: standard output")
    private @Nullable Path output;

    @Override
    public Integer call() throws IOException {
        SessionKey key = Arguments.session(spec, user, session);
        try (var history = connection.history()) {
            Optional<ConversationExport> found = ConversationExport.of(history, key);
            if (found.isEmpty()) {
                spec.commandLine().getErr().println("No such conversation.");
                return Exit.NOT_FOUND;
            }
            Path file = output;
            if (file == null) {
                PrintWriter out = spec.commandLine().getOut();
                write(found.get(), out);
                out.println();
                out.flush();
            } else {
                writeTo(file, found.get());
            }
            return Exit.OK;
        }
    }

    private void writeTo(Path file, ConversationExport export) {
        try (Writer out = Files.newBufferedWriter(file)) {
            write(export, out);
        } catch (IOException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Not written: " + e, e);
        }
    }

    private void write(ConversationExport export, Writer out) throws IOException {
        switch (format) {
            case json -> export.json(out);
            case markdown -> export.markdown(out);
        }
    }
}
