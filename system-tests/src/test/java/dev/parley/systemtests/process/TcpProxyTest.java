package dev.parley.systemtests.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.systemtests.process.TcpProxy.Way;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TcpProxyTest {

    private static final int A_WHILE_MS = 200;

    private final BlockingQueue<Integer> arrived = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private TcpProxy proxy;

    @BeforeEach
    void start() throws Exception {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        proxy = TcpProxy.start(FreePort.next(), server.getLocalPort());
        Thread.ofVirtual().start(this::serve);
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        server.close();
    }

    @Test
    void forwards_in_both_directions() throws Exception {
        try (Socket client = connect()) {
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }
    }

    @Test
    void a_request_during_a_cut_arrives_late() throws Exception {
        try (Socket client = connect()) {
            proxy.cut(Set.of(Way.TO_SERVER));
            client.getOutputStream().write(7);
            assertThat(arrived.poll(A_WHILE_MS, TimeUnit.MILLISECONDS)).isNull();
            proxy.restore();
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }
    }

    @Test
    void an_answer_during_a_cut_of_the_way_back_arrives_late() throws Exception {
        try (Socket client = connect()) {
            proxy.cut(Set.of(Way.FROM_SERVER));
            client.getOutputStream().write(7);
            assertThat(arrived.take()).isEqualTo(7);
            client.setSoTimeout(A_WHILE_MS);
            assertThatThrownBy(client.getInputStream()::read).isInstanceOf(SocketTimeoutException.class);
            proxy.restore();
            client.setSoTimeout(0);
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }
    }

    @Test
    void a_connection_that_is_opened_during_a_cut_receives_nothing() throws Exception {
        proxy.cut(EnumSet.allOf(Way.class));
        try (Socket client = connect()) {
            client.getOutputStream().write(7);
            assertThat(arrived.poll(A_WHILE_MS, TimeUnit.MILLISECONDS)).isNull();
        }
    }

    @Test
    void bytes_on_their_way_are_lost_with_the_old_connections() throws Exception {
        try (Socket client = connect()) {
            client.getOutputStream().write(6);
            assertThat(client.getInputStream().read()).isEqualTo(6);
            assertThat(arrived.take()).isEqualTo(6);
            proxy.cut(Set.of(Way.TO_SERVER));
            client.getOutputStream().write(7);
            assertThat(arrived.poll(A_WHILE_MS, TimeUnit.MILLISECONDS)).isNull();
            proxy.restoreWithoutOldConnections();
            assertThatThrownBy(client.getInputStream()::read).isInstanceOf(IOException.class);
        }
        try (Socket client = connect()) {
            client.getOutputStream().write(8);
            assertThat(client.getInputStream().read()).isEqualTo(8);
        }
        assertThat(arrived).containsExactly(8);
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    }

    /** Echoes. */
    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> echo(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void echo(Socket socket) {
        try (socket) {
            for (int next = socket.getInputStream().read();
                    next >= 0;
                    next = socket.getInputStream().read()) {
                arrived.add(next);
                socket.getOutputStream().write(next);
            }
        } catch (IOException e) {
            // The client closed the connection.
        }
    }
}
