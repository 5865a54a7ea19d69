package dev.parley.systemtests.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;

/** Server-sent events in a chunked HTTP response: one chunk per event. */
final class EventBody {

    private final OutputStream out;

    EventBody(OutputStream out) {
        this.out = out;
    }

    void begin() throws IOException {
        write(
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n");
    }

    void event(String data) throws IOException {
        String event = "data: " + data + "\n\n";
        write(Integer.toHexString(event.getBytes(UTF_8).length) + "\r\n" + event + "\r\n");
    }

    void end() throws IOException {
        write("0\r\n\r\n");
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.flush();
    }
}
