package dev.parley.cli;

import dev.parley.gateway.history.ConversationExport;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parley export}. */
@Command(name = "export", mixinStandardHelpOptions = true, description = "Writes a whole conversation.")
final class ExportCommand implements Callable<Integer> {

    /** How it is written. */
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

    @Option(names = "--user", required = true, description = "whose it is")
    private String user = "";

    @Option(names = "--format", description = "${COMPLETION-CANDIDATES}; json if not given")
    private Format format = Format.json;

    @Option(names = "--output", paramLabel = "FILE", description = "where to; standard output if not given")
    private @Nullable Path output;

    @Override
    public Integer call() throws Exception {
        SessionKey key = new SessionKey(new UserId(user), Asked.session(spec, session));
        try (var history = connection.history()) {
            Optional<ConversationExport> found = ConversationExport.of(history, key);
            if (found.isEmpty()) {
                spec.commandLine().getErr().println("No such conversation.");
                return Exit.NOT_THERE;
            }
            Path file = output;
            if (file == null) {
                write(found.get(), spec.commandLine().getOut());
                spec.commandLine().getOut().println();
                spec.commandLine().getOut().flush();
            } else {
                try (Writer out = Files.newBufferedWriter(file)) {
                    write(found.get(), out);
                }
            }
            return Exit.OK;
        }
    }

    private void write(ConversationExport export, Writer out) throws IOException {
        switch (format) {
            case json -> export.json(out);
            case markdown -> export.markdown(out);
        }
    }
}
