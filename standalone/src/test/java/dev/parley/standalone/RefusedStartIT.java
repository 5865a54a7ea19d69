package dev.parley.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that cannot succeed ends with what is wrong and what to do, before anything has started. */
class RefusedStartIT {

    @TempDir
    Path folder;

    @Test
    void settings_are_checked_before_the_broker_and_the_store_start() throws Exception {
        List<String> lines = refused(Map.of("PARLEY_ENGINE_LEASE", "0s"));

        assertThat(lines).anyMatch(line -> line.contains("PARLEY_ENGINE_LEASE") && line.contains(" is \"0s\""));
        assertThat(lines.getLast()).contains("start again", "docs/configuration.md");
        assertThat(folder.resolve("data/kafka")).doesNotExist();
        assertThat(folder.resolve("data/store")).doesNotExist();
    }

    @Test
    void a_taken_port_is_named_in_the_last_line() throws Exception {
        try (var other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            List<String> lines = refused(Map.of("SERVER_PORT", String.valueOf(other.getLocalPort())));

            assertThat(lines.getLast())
                    .contains("Port " + other.getLocalPort() + " of 127.0.0.1 is taken", "SERVER_PORT=8090");
        }
    }

    @Test
    void a_data_folder_that_is_a_file_is_named_in_the_last_line() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");

        assertThat(refused(Map.of("PARLEY_DATA_DIR", file.toString())).getLast())
                .contains(file.toString(), "PARLEY_DATA_DIR=/path/to/folder");
    }

    private List<String> refused(Map<String, String> environment) throws IOException, InterruptedException {
        try (var parley = StandaloneProcess.spawn(folder, environment)) {
            assertThat(parley.awaitEnd()).isEqualTo(1);
            List<String> lines =
                    parley.output().lines().filter(line -> !line.isBlank()).toList();
            assertThat(lines).noneMatch(line -> line.contains("\tat ") || line.contains(" WARN "));
            return lines;
        }
    }
}
