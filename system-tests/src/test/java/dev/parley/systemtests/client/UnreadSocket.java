package dev.parley.systemtests.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A WebSocket that sends frames and reads no byte after the handshake. */
public final class UnreadSocket implements AutoCloseable {

    private static final int TIMEOUT_MS = 20_000;
    private static final int RECEIVE_BUFFER = 4 << 10;
    private static final JsonMapper JSON = new JsonMapper();

    private final Socket socket = new Socket();

    private UnreadSocket(String user, URI gateway) throws IOException {
        socket.setReceiveBufferSize(RECEIVE_BUFFER);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(Wire.addressOf(gateway), TIMEOUT_MS);
        socket.getOutputStream().write(Wire.handshake(gateway, Tokens.of(user)));
        String head = readHead();
        if (!head.startsWith("HTTP/1.1 101")) {
            throw new AssertionError("handshake refused: " + head);
        }
    }

    public static UnreadSocket connect(String user, URI gateway) {
        try {
            return new UnreadSocket(user, gateway);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String readHead() throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            byte[] next = socket.getInputStream().readNBytes(1);
            if (next.length == 0) {
                throw new AssertionError("no answer to the handshake: " + head);
            }
            head.append(new String(next, ISO_8859_1));
        }
        return head.toString();
    }

    public void join(String session) {
        send("join_session", Map.of("session_id", session));
    }

    /** From its start. */
    public void resume(ReceivedStream stream) {
        send("resume", Map.of("message_id", stream.messageId(), "session_id", stream.sessionId(), "after_seq", -1));
    }

    private void send(String type, Map<String, ?> data) {
        try {
            String text = JSON.writeValueAsString(Map.of("type", type, "data", data));
            socket.getOutputStream().write(Wire.frame(Wire.TEXT, text.getBytes(UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
