package dev.parley.providers.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A model service on a plain socket: it sees the exact request, answers byte by byte, and notices when the client closes. */
public final class FakeService implements AutoCloseable {

    private final ServerSocket server;
    private final Answer answer;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /** Responds to a request. */
    public interface Answer {
        void to(Request request, Connection connection) throws IOException, InterruptedException;
    }

    /** @param headers by lower-case names */
    public record Request(String method, String path, Map<String, String> headers, String body) {}

    public FakeService(Answer answer) {
        this.answer = answer;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::acceptAll);
    }

    /** Answers every request with the same response. */
    public static FakeService answering(int status, String headers, String body) {
        return new FakeService((_, connection) -> connection.respond(status, headers, body));
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    public String url(String userInfo) {
        return "http://" + userInfo + "@127.0.0.1:" + server.getLocalPort();
    }

    public List<Request> requests() {
        return requests;
    }

    public int connections() {
        return sockets.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.startVirtualThread(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String start = line(in); !start.isEmpty(); start = line(in)) {
                Request request = request(start, in);
                requests.add(request);
                answer.to(request, new Connection(socket, in));
            }
        } catch (IOException | InterruptedException e) {
            // the client has closed
        }
    }

    private static Request request(String start, InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        String[] words = start.split(" ");
        return new Request(words[0], words[1], headers, new String(body, UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    /** The connection of one request. */
    public static final class Connection {

        private final Socket socket;
        private final InputStream in;

        private Connection(Socket socket, InputStream in) {
            this.socket = socket;
            this.in = in;
        }

        public void respond(int status, String headers, String body) throws IOException {
            write("HTTP/1.1 " + status + " Status\r\n" + headers + "Content-Length: " + body.getBytes(UTF_8).length
                    + "\r\n\r\n" + body);
        }

        /** Sends the head of an answer in chunks. */
        public void startEvents() throws IOException {
            write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        }

        public void chunk(String text) throws IOException {
            chunks(text);
        }

        /** Sends several chunks in one write. */
        public void chunks(String... texts) throws IOException {
            StringBuilder all = new StringBuilder();
            for (String text : texts) {
                all.append(Integer.toHexString(text.getBytes(UTF_8).length)).append("\r\n");
                all.append(text).append("\r\n");
            }
            write(all.toString());
        }

        public void endChunks() throws IOException {
            write("0\r\n\r\n");
        }

        public void write(String text) throws IOException {
            write(text.getBytes(UTF_8));
        }

        public void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        /** Closes in the middle of the body. */
        public void hangUp() throws IOException {
            socket.close();
        }

        /** Returns when the client has closed. */
        public void awaitClose() {
            try {
                while (in.read() >= 0) {
                    // data after the request is ignored
                }
            } catch (IOException e) {
                // closed with a reset
            }
        }
    }
}
