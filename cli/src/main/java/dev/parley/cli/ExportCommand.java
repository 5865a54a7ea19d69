package dev.parley.cli;

import dev.parley.gateway.history.ConversationExport;
import dev.parley.schema.id.SessionKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    public Integer call() {
        SessionKey key = Asked.session(spec, user, session);
        try (var history = connection.history()) {
            Optional<ConversationExport> found = ConversationExport.of(history, key);
            if (found.isEmpty()) {
                spec.commandLine().getErr().println("No such conversation.");
                return Exit.NOT_THERE;
            }
            String text =
                    format == Format.json ? found.get().json() : found.get().markdown();
            Path file = output;
            if (file == null) {
                spec.commandLine().getOut().println(text);
                spec.commandLine().getOut().flush();
            } else {
                write(file, text);
            }
            return Exit.OK;
        }
    }

    private void write(Path file, String text) {
        try {
            Files.writeString(file, text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Not written: " + e, e);
        }
    }
}
