package dev.parley.gateway.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client that can violate the protocol: the test decides which bytes it writes, and when it reads. */
public final class RawSocket implements AutoCloseable {

    private static final int TIMEOUT_MS = 20_000;
    private static final int SMALL_BUFFER = 4 * 1024;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int PONG_FRAME = 0x8a;

    private final Socket socket;
    private InputStream in;
    private final OutputStream out;
    private final int port;

    private RawSocket(Socket socket, int port) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.port = port;
    }

    public static RawSocket connect(GatewayNode node) throws IOException {
        return connect(node, SMALL_BUFFER);
    }

    /** @param receiveBuffer bytes that the system accepts while the client does not read */
    public static RawSocket connect(GatewayNode node, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(receiveBuffer);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(new InetSocketAddress("127.0.0.1", node.port()), TIMEOUT_MS);
        return new RawSocket(socket, node.port());
    }

    /** Opens a WebSocket. */
    public static RawSocket open(GatewayNode node, String user) throws IOException {
        return open(node, user, SMALL_BUFFER);
    }

    /** @param receiveBuffer as above */
    public static RawSocket open(GatewayNode node, String user, int receiveBuffer) throws IOException {
        RawSocket raw = connect(node, receiveBuffer);
        int status = raw.upgrade("Authorization: Bearer " + node.token(user));
        if (status != 101) {
            throw new AssertionError("handshake refused: " + status);
        }
        return raw;
    }

    /** @return the status of the response */
    public int upgrade(String... headers) throws IOException {
        return upgradeAt("/api/ws", headers);
    }

    /** Sends a plain request. @return the status of the response */
    public int get(String path, String... headers) throws IOException {
        return statusOf("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n" + String.join("\r\n", headers)
                + "\r\n\r\n");
    }

    public int upgradeAt(String path, String... headers) throws IOException {
        return statusOf("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
    }

    private int statusOf(String request) throws IOException {
        out.write(request.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        String head = readHead();
        return Integer.parseInt(head.split(" ", 3)[1]);
    }

    private String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                throw new EOFException("the connection ended within the head: " + head);
            }
            head.append((char) c);
        }
        return head.toString();
    }

    /** Sends a frame with a mask of zeros. */
    public void frame(int firstByte, byte[] payload) throws IOException {
        bytes(masked(firstByte, payload));
    }

    /** The bytes of such a frame. */
    public static byte[] masked(int firstByte, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(firstByte);
        if (payload.length < 126) {
            frame.write(0x80 | payload.length);
        } else if (payload.length < 65_536) {
            frame.write(0x80 | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            frame.write(0x80 | 127);
            frame.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        frame.writeBytes(new byte[4]);
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    public void text(String text) throws IOException {
        frame(0x81, text.getBytes(StandardCharsets.UTF_8));
    }

    public void bytes(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Reads at most at this rate from now on. */
    public RawSocket over(int bitsPerSecond) {
        in = new SlowLine(in, bitsPerSecond / 8);
        return this;
    }

    /** Sends a request and reads the head of the response. */
    public String request(String request) throws IOException {
        bytes(request.getBytes(StandardCharsets.UTF_8));
        return readHead();
    }

    /** Sends a request and shuts the output down. @return the head of the response */
    public String lastRequest(byte[] request) throws IOException {
        bytes(request);
        socket.shutdownOutput();
        return readHead();
    }

    /** Reads a body to its end, by chunked encoding, or to the end of the connection. */
    public Body readBody() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            while (true) {
                int size = Integer.parseInt(readLine(), 16);
                body.writeBytes(readExactly(size));
                readLine();
                if (size == 0) {
                    return new Body(body.toString(StandardCharsets.UTF_8), true);
                }
            }
        } catch (EOFException | java.net.SocketException e) {
            return new Body(body.toString(StandardCharsets.UTF_8), false);
        }
    }

    /**
     * Reads a body that ends with the connection.
     *
     * @return whole if the connection was closed and not reset
     */
    public Body readToEnd() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            for (int b = in.read(); b >= 0; b = in.read()) {
                body.write(b);
            }
            return new Body(body.toString(StandardCharsets.UTF_8), true);
        } catch (java.net.SocketException e) {
            return new Body(body.toString(StandardCharsets.UTF_8), false);
        }
    }

    /** @param whole whether it has a proper end */
    public record Body(String text, boolean whole) {}

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = readByte(); b != '\n'; b = readByte()) {
            line.append((char) b);
        }
        return line.toString().strip();
    }

    private byte[] readExactly(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException();
        }
        return bytes;
    }

    /**
     * Reads the next text message, which may have several frames. Pings are answered.
     *
     * @throws AssertionError if the server closes the connection
     */
    public String readText() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        while (true) {
            int first = readByte();
            int opcode = first & 0x0f;
            int length = readByte() & 0x7f;
            long size = length == 126 ? readNumber(2) : length == 127 ? readNumber(8) : length;
            byte[] payload = readExactly((int) size);
            if (opcode == CLOSE) {
                throw new AssertionError("closed with " + ((payload[0] & 0xff) << 8 | (payload[1] & 0xff)));
            } else if (opcode == PING) {
                frame(PONG_FRAME, payload);
            } else {
                message.writeBytes(payload);
                if ((first & 0x80) != 0) {
                    return message.toString(StandardCharsets.UTF_8);
                }
            }
        }
    }

    /** Reads so many pong frames, and skips all others. @return their payloads, joined */
    public String readPongs(int count) throws IOException {
        StringBuilder payloads = new StringBuilder();
        for (int pongs = 0; pongs < count; ) {
            int opcode = readByte() & 0x0f;
            int length = readByte() & 0x7f;
            long size = length == 126 ? readNumber(2) : length == 127 ? readNumber(8) : length;
            String payload = new String(readExactly((int) size), StandardCharsets.UTF_8);
            if (opcode == PONG) {
                payloads.append(payload);
                pongs++;
            }
        }
        return payloads.toString();
    }

    /** Reads frames to the close frame; -1 if the connection ended without one. */
    public int readCloseCode() throws IOException {
        try {
            while (true) {
                int first = readByte();
                int length = readByte() & 0x7f;
                long size = length == 126 ? readNumber(2) : length == 127 ? readNumber(8) : length;
                byte[] payload = in.readNBytes((int) size);
                if ((first & 0x0f) == CLOSE) {
                    return payload.length < 2 ? 1005 : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
                }
            }
        } catch (EOFException | java.net.SocketException e) {
            return -1;
        }
    }

    private int readByte() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException();
        }
        return b;
    }

    private long readNumber(int bytes) throws IOException {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number = number << 8 | readByte();
        }
        return number;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
