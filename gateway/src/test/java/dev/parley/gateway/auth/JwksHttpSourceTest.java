package dev.parley.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JwksHttpSourceTest {

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/keys", 200, "{\"keys\":[]}");
        answer("/broken", 500, "{\"keys\":[]}");
        answer("/huge", 200, "x".repeat(1024 * 1024 + 1));
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().set("Location", "/keys");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void a_jwks_is_read() throws Exception {
        assertThat(at("/keys").fetch()).isEqualTo("{\"keys\":[]}");
    }

    @Test
    void errors_redirects_and_long_bodies_are_refused() {
        assertThatThrownBy(() -> at("/broken").fetch()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> at("/moved").fetch()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> at("/huge").fetch()).isInstanceOf(IOException.class);
    }

    @Test
    void a_body_that_does_not_end_in_time_is_refused() {
        server.createContext("/trickle", exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
        });
        assertThatThrownBy(() -> at("/trickle").fetch()).isInstanceOf(IOException.class);
    }

    private JwksHttpSource at(String path) {
        return new JwksHttpSource(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
    }

    private void answer(String path, int status, String body) {
        server.createContext(path, exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }
}
