package dev.parley.cli;

import com.mongodb.MongoException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code parley}. */
@Command(
        name = "parley",
        mixinStandardHelpOptions = true,
        version = "parley 0.1.0",
        description = "Looks at the log and at what is kept of it, and mends what is kept.",
        subcommands = {
            TailCommand.class,
            ReplayCommand.class,
            AuditCommand.class,
            VerifyCommand.class,
            RebuildCommand.class,
            ExportCommand.class,
            TopicsCommand.class,
            TokenCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all is well",
            "1:it found what must not be: a violation, a difference, a wrong topic",
            "2:wrong arguments",
            "3:Kafka or the store does not answer",
            "4:there is no such stream or conversation",
            "5:an unexpected error"
        })
public final class ParleyCli {

    public static void main(String[] args) {
        // First of all: Kafka and others take letters and digits from the locale, and fail in some.
        Locale.setDefault(Locale.ENGLISH);
        System.exit(run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), args));
    }

    /** @return the exit code */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new ParleyCli())
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(ParleyCli::misused)
                .setExecutionExceptionHandler(ParleyCli::failed)
                .execute(args);
    }

    /** The sentence, and where to read more: all options at once would hide it. */
    private static int misused(CommandLine.ParameterException e, String... args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return Exit.USAGE;
    }

    static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        switch (e) {
            case KafkaException kafka -> err.println(kafkaAway(command, kafka));
            case TimeoutException late -> err.println(kafkaAway(command, late));
            case MongoException mongo ->
                err.println(away(
                        "The store",
                        connection(command).map(Connection::storeOrigin),
                        mongo.getClass().getSimpleName(),
                        Connection.MONGO_URI));
            case IllegalStateException state
            when state.getCause() instanceof KafkaException -> err.println(kafkaAway(command, state));
            default -> {
                err.println("Unexpected error: " + e + at(e));
                return Exit.UNEXPECTED;
            }
        }
        return Exit.UNREACHABLE;
    }

    private static String kafkaAway(CommandLine command, Exception e) {
        return away(
                "Kafka",
                connection(command).map(Connection::kafkaOrigin),
                String.valueOf(e.getMessage()),
                Connection.BOOTSTRAP_SERVERS);
    }

    private static String away(String what, Optional<Origin> origin, String reason, String option) {
        return what + " does not answer" + origin.map(where -> " at " + where).orElse("") + ": "
                + reason.replaceFirst("[.\\s]+$", "") + ". Start it, or say where it is with " + option
                + " or --data-dir.";
    }

    /** What the command was told of where Kafka and the store are. */
    private static Optional<Connection> connection(CommandLine command) {
        return command.getMixins().values().stream()
                .filter(Connection.class::isInstance)
                .map(Connection.class::cast)
                .findFirst();
    }

    private static String at(Exception e) {
        return e.getStackTrace().length == 0 ? "" : ", at " + e.getStackTrace()[0];
    }
}
