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
        description = "Inspects Kafka and the store, and repairs the store.",
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
            "0:no problem",
            "1:it found a problem: a violation, a difference, a topic with wrong settings",
            "2:wrong arguments",
            "3:Kafka or the store does not answer",
            "4:there is no such stream or conversation",
            "5:an unexpected error"
        })
public final class ParleyCli {

    public static void main(String[] args) {
        // Before anything else: Kafka and other libraries format numbers in the default locale, and fail in some.
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

    /** Prints the message and how to get help; a list of all options would hide it. */
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
            case KafkaException kafka -> err.println(kafkaUnreachable(command, kafka));
            case TimeoutException late -> err.println(kafkaUnreachable(command, late));
            case MongoException mongo ->
                err.println(unreachable(
                        "The store",
                        connection(command).map(Connection::storeOrigin),
                        mongo.getClass().getSimpleName(),
                        Connection.MONGO_URI));
            case IllegalStateException state
            when state.getCause() instanceof KafkaException -> err.println(kafkaUnreachable(command, state));
            default -> {
                err.println("Unexpected error: " + e + at(e));
                return Exit.UNEXPECTED;
            }
        }
        return Exit.UNREACHABLE;
    }

    private static String kafkaUnreachable(CommandLine command, Exception e) {
        return unreachable(
                "Kafka",
                connection(command).map(Connection::kafkaOrigin),
                String.valueOf(e.getMessage()),
                Connection.BOOTSTRAP_SERVERS);
    }

    private static String unreachable(String what, Optional<Origin> origin, String reason, String option) {
        return what + " does not answer" + origin.map(where -> " at " + where).orElse("") + ": "
                + reason.replaceFirst("[.\\s]+$", "") + ". Start it, or give its address with " + option
                + " or --data-dir.";
    }

    /** The options of the command that give the addresses. */
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
