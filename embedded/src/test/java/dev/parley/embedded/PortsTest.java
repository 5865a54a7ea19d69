package dev.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {

    @TempDir
    Path folder;

    @Test
    void a_free_port_is_kept() {
        int port = Ports.keptIn(folder.resolve("port"), 0);
        assertThat(Ports.keptIn(folder.resolve("port"), 0)).isEqualTo(port);
    }

    @Test
    void a_wanted_port_is_kept() {
        int port = Ports.free();
        assertThat(Ports.keptIn(folder.resolve("port"), port)).isEqualTo(port);
        assertThat(Ports.keptIn(folder.resolve("port"), 0)).isEqualTo(port);
    }

    @Test
    void a_taken_port_is_replaced_unless_it_is_the_wanted_one() throws IOException {
        int port = Ports.keptIn(folder.resolve("port"), 0);
        try (var taken = new ServerSocket(port, 1, Ports.loopback())) {
            assertThatThrownBy(() -> Ports.keptIn(folder.resolve("port"), port))
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()));
            assertThat(Ports.keptIn(folder.resolve("port"), 0)).isNotEqualTo(port);
        }
    }

    @Test
    void a_file_that_holds_no_port_is_written_anew() throws IOException {
        Files.writeString(folder.resolve("port"), "nonsense");
        int port = Ports.keptIn(folder.resolve("port"), 0);
        assertThat(folder.resolve("port")).hasContent(Integer.toString(port));
    }
}
