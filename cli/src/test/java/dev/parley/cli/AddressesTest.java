package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The addresses in error messages. */
class AddressesTest {

    @TempDir
    Path folder;

    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topics check",
                "verify",
                "audit m1 --user ada",
                "audit --all",
                "replay m1 --user ada",
                "export s1 --user ada",
                "tail",
                "token --user ada"
            })
    void a_missing_data_folder_is_named(String command) {
        Path missing = folder.resolve("nowhere");

        assertThat(run(command + " --data-dir " + missing)).isEqualTo(Exit.USAGE);

        assertThat(err.toString())
                .startsWith("There is no folder " + missing + " (--data-dir).")
                .hasLineCount(2);
    }

    @Test
    void a_folder_that_is_not_a_data_folder_has_a_message_of_its_own() {
        assertThat(run("topics check --data-dir " + folder)).isEqualTo(Exit.USAGE);

        assertThat(err.toString()).contains(folder + " (--data-dir) is not the data folder", "kafka/port");
    }

    @Test
    void the_brokers_that_do_not_answer_are_named_with_the_option_that_gave_them() {
        assertThat(timeOut("topics check --bootstrap-servers one:9092,two:9092"))
                .isEqualTo(Exit.UNREACHABLE);

        assertThat(err.toString())
                .contains("Kafka does not answer at one:9092,two:9092 (--bootstrap-servers): too late.", "--data-dir")
                .hasLineCount(1);
    }

    @Test
    void the_data_folder_that_gave_an_address_is_named() throws IOException {
        Path kafka = Files.createDirectories(folder.resolve("kafka"));
        Files.writeString(kafka.resolve("port"), "20001\n");

        timeOut("verify --data-dir " + folder);

        assertThat(err.toString()).contains("Kafka does not answer at 127.0.0.1:20001 (data folder " + folder + ")");
    }

    @Test
    void user_and_password_of_the_store_are_not_shown() {
        CommandLine command = parsed("verify --mongo-uri mongodb://ada:secret@db:27018/parley");
        Connection connection = (Connection) command.getMixins().values().stream()
                .filter(Connection.class::isInstance)
                .findFirst()
                .orElseThrow();

        assertThat(connection.storeOrigin()).hasToString("db:27018 (--mongo-uri)");
    }

    private int run(String command) {
        return ParleyCli.run(new PrintWriter(new StringWriter()), new PrintWriter(err), command.split(" "));
    }

    /** Runs the handler of a command that Kafka has not answered. */
    private int timeOut(String command) {
        CommandLine parsed = parsed(command);
        parsed.setErr(new PrintWriter(err, true));
        return ParleyCli.failed(new TimeoutException("too late."), parsed, parsed.getParseResult());
    }

    private static CommandLine parsed(String command) {
        return new CommandLine(new ParleyCli())
                .parseArgs(command.split(" "))
                .asCommandLineList()
                .getLast();
    }
}
