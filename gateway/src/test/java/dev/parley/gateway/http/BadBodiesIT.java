package dev.parley.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.testkit.CommandLog;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.RawSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests with wrong content types, charsets and lengths, and with bytes that are not UTF-8. */
@WithBackends
class BadBodiesIT {

    private static final String ANY_TYPE = "application/json";

    private final Backends backends;
    private final GatewayNode node;
    private final String user = Backends.unique("user");
    private final String body =
            "{\"message_id\":\"" + Backends.unique("m") + "\",\"session_id\":\"s\",\"message\":\"h\u00e9\"}";

    BadBodiesIT(Backends backends) {
        this.backends = backends;
        this.node = GatewayNode.shared(backends);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-None: 1",
                "Content-Type:",
                "Content-Type: text/plain",
                "Content-Type: image/png",
                "Content-Type: ;;;=\"",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type: multipart/form-data",
                "Content-Type: multipart/form-data; boundary=x",
                "Content-Type: application/json; charset=iso-8859-1",
                "Content-Type: application/json; charset=utf-16",
                "Content-Type: application/json; charset=no-such-charset"
            })
    void a_body_is_read_as_json_in_utf_8_whatever_its_content_type(String header) throws Exception {
        try (RawSocket raw = RawSocket.connect(node)) {
            raw.bytes(head("/api/chat/stream", header, "Content-Length: " + body.getBytes(UTF_8).length));

            assertThat(raw.request(body)).startsWith("HTTP/1.1 200 ");
            assertThat(CommandLog.of(backends, user)
                            .await("chat_stream")
                            .path("message")
                            .asString())
                    .isEqualTo("h\u00e9");
        }
    }

    @Test
    void a_body_that_is_not_utf_8_is_400_whatever_its_charset() throws Exception {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body.getBytes(UTF_8));
        }
        List<byte[]> bodies = List.of(
                body.getBytes(ISO_8859_1),
                body.getBytes(UTF_16),
                body.replace('\u00e9', '\u0000').getBytes(UTF_8),
                body.replace('\u00e9', '\u001b').getBytes(UTF_8),
                body.replace("\u00e9", "\u00c0\u00af").getBytes(ISO_8859_1), // an overlong encoding
                body.replace("\u00e9", "\u00ed\u00a0\u0080").getBytes(ISO_8859_1), // half a surrogate pair
                body.replace("\u00e9", "\u00f4\u0090\u0080\u0080").getBytes(ISO_8859_1), // beyond the last code point
                body.replace("\u00e9", "\u00ff").getBytes(ISO_8859_1),
                compressed.toByteArray());
        for (String path : List.of("/api/chat/stream", "/api/chat/stop", "/api/dev/token")) {
            for (byte[] each : bodies) {
                for (String type : List.of(ANY_TYPE, "application/json; charset=iso-8859-1")) {
                    assertRefused(path, "Content-Type: " + type + "\r\nContent-Length: " + each.length, each, 400);
                }
            }
        }
        assertThat(CommandLog.of(backends, user).types()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: -1",
                "Content-Length: many",
                "Content-Length: 99999999999999999999999",
                "Content-Length: 5\r\nContent-Length: 7",
                "Content-Length: 20",
                "Content-Length: 0",
                "Content-Length: 5000",
                "Transfer-Encoding: chunked",
                "X-No-Length: 1"
            })
    void a_wrong_content_length_is_400(String length) throws Exception {
        try (RawSocket raw = RawSocket.connect(node)) {
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(head("/api/chat/stream", length));
            request.writeBytes(body.getBytes(UTF_8));

            assertThat(raw.lastRequest(request.toByteArray())).startsWith("HTTP/1.1 400 ");
        }
        assertThat(CommandLog.of(backends, user).types()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/chat/stream", "/api/chat/stop", "/api/dev/token"})
    void a_content_length_above_the_bound_is_413_before_the_body_is_read(String path) throws Exception {
        assertRefused(path, "Content-Length: 9223372036854775807", body.getBytes(UTF_8), 413);
    }

    private void assertRefused(String path, String headers, byte[] sent, int status) throws IOException {
        try (RawSocket raw = RawSocket.connect(node)) {
            raw.bytes(head(path, headers));
            raw.bytes(sent);

            String head = raw.request("");

            assertThat(head)
                    .startsWith("HTTP/1.1 " + status + " ")
                    .containsIgnoringCase("content-type: application/problem+json");
        }
    }

    private byte[] head(String path, String... headers) {
        return ("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + node.port() + "\r\nAuthorization: Bearer "
                        + node.token(user) + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n")
                .getBytes(ISO_8859_1);
    }
}
