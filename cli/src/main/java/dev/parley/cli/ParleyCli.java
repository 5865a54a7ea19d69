package dev.parley.cli;

import com.mongodb.MongoException;
import java.io.PrintWriter;
import java.util.Locale;
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
            TopicsCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all is well",
            "1:it found what must not be: a violation, a difference, a wrong topic",
            "2:wrong arguments",
            "3:Kafka or the store does not answer",
            "4:there is no such stream or conversation",
            "5:something that nobody foresaw"
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
                .setExecutionExceptionHandler(ParleyCli::failed)
                .execute(args);
    }

    static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        switch (e) {
            case KafkaException kafka -> err.println("Kafka does not answer: " + kafka.getMessage());
            case TimeoutException late -> err.println("Kafka does not answer in time: " + late.getMessage());
            case MongoException mongo ->
                err.println("The store does not answer: " + mongo.getClass().getSimpleName());
            case IllegalStateException state
            when state.getCause() instanceof KafkaException ->
                err.println("Kafka does not answer: " + state.getMessage());
            default -> {
                err.println("Nobody foresaw this: " + e + at(e));
                return Exit.UNEXPECTED;
            }
        }
        return Exit.UNREACHABLE;
    }

    private static String at(Exception e) {
        return e.getStackTrace().length == 0 ? "" : ", at " + e.getStackTrace()[0];
    }
}
