package dev.parley.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.testkit.Await;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.AbstractProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;

/** Runs on the real web server, which reuses its objects for later requests. */
class ResponseConnectionsTest {

    private static final int TIMEOUT_MS = 10_000;
    private static final String GET = "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: %s\r\n\r\n";

    private final BlockingQueue<ResponseConnection> connections = new LinkedBlockingQueue<>();
    private final BlockingQueue<AsyncContext> running = new LinkedBlockingQueue<>();
    private WebServer server;

    private final class Answer extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getOutputStream().print("answer");
            if (request.getRequestURI().equals("/async")) {
                response.flushBuffer();
                running.add(request.startAsync());
            }
            connections.add(ResponseConnections.of(request));
        }
    }

    @BeforeEach
    void start() {
        TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
        new ResponseConnections().customize(factory);
        server = factory.getWebServer(context -> {
            ServletRegistration.Dynamic servlet = context.addServlet("answer", new Answer());
            servlet.setAsyncSupported(true);
            servlet.addMapping("/");
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    /** The client disconnects, and the web server ends the request before the writing thread breaks the response off. */
    @Test
    void a_response_that_is_broken_off_too_late_does_not_affect_later_requests() throws Exception {
        for (int round = 0; round < 20; round++) {
            assertThat(answer()).startsWith("HTTP/1.1 200").endsWith("answer");
            ResponseConnection over = connection();

            over.breakOff();

            assertThat(answer()).startsWith("HTTP/1.1 200").endsWith("answer");
            connection();
        }
    }

    @Test
    void a_response_that_is_broken_off_has_no_proper_end_and_frees_its_connection() throws Exception {
        for (int round = 0; round < 20; round++) {
            try (Socket socket = connect()) {
                socket.getOutputStream()
                        .write(GET.formatted("/async", "keep-alive").getBytes(UTF_8));
                ResponseConnection open = connection();

                open.breakOff();
                running.take().complete();

                assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                        .startsWith("HTTP/1.1 200")
                        .endsWith("\r\n6\r\nanswer\r\n");
            }
        }
        Await.until("no connection is open but the one that is awaited", () -> openConnections() == 1);
    }

    private long openConnections() {
        return server instanceof TomcatWebServer tomcat
                        && tomcat.getTomcat().getConnector().getProtocolHandler()
                                instanceof AbstractProtocol<?> protocol
                ? protocol.getConnectionCount()
                : -1;
    }

    private ResponseConnection connection() throws InterruptedException {
        ResponseConnection connection = connections.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        assertThat(connection).isNotNull();
        return connection;
    }

    private String answer() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(GET.formatted("/", "close").getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", server.getPort());
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }
}
