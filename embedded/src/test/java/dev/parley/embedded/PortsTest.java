package dev.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {

    @TempDir
    Path folder;

    @Test
    void a_free_port_is_kept() {
        int port = startedOn(0);
        assertThat(startedOn(0)).isEqualTo(port);
    }

    @Test
    void a_wanted_port_is_kept() {
        int port = Ports.free();
        assertThat(startedOn(port)).isEqualTo(port);
        assertThat(startedOn(0)).isEqualTo(port);
    }

    @Test
    void a_taken_port_is_replaced_unless_it_is_the_wanted_one() throws IOException {
        int port = startedOn(0);
        try (var taken = new ServerSocket(port, 1, Ports.loopback())) {
            assertThatThrownBy(() -> startedOn(port)).hasMessageContaining(Integer.toString(taken.getLocalPort()));
            assertThat(startedOn(0)).isNotEqualTo(port);
        }
    }

    @Test
    void a_file_without_a_port_is_overwritten() throws IOException {
        Files.writeString(folder.resolve("port"), "nonsense");
        int port = startedOn(0);
        assertThat(folder.resolve("port")).hasContent(Integer.toString(port));
    }

    @Test
    void a_port_that_another_process_takes_first_is_replaced_unless_it_is_the_wanted_one() throws IOException {
        int port = startedOn(0);
        List<ServerSocket> faster = new ArrayList<>();
        IntFunction<Integer> lateOnThe1stTry = chosen -> {
            if (faster.isEmpty()) {
                faster.add(bound(chosen));
            }
            try (ServerSocket server = bound(chosen)) {
                return server.getLocalPort();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        try {
            int other = Ports.startOn(folder.resolve("port"), 0, lateOnThe1stTry);
            assertThat(faster).hasSize(1);
            assertThat(other).isNotEqualTo(port);
            assertThat(folder.resolve("port")).hasContent(Integer.toString(other));
            faster.removeFirst().close();
            assertThatThrownBy(() -> Ports.startOn(folder.resolve("port"), port, lateOnThe1stTry))
                    .hasRootCauseInstanceOf(BindException.class);
        } finally {
            for (ServerSocket socket : faster) {
                socket.close();
            }
        }
    }

    private int startedOn(int wanted) {
        return Ports.startOn(folder.resolve("port"), wanted, port -> port);
    }

    private static ServerSocket bound(int port) {
        try {
            return new ServerSocket(port, 1, Ports.loopback());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
