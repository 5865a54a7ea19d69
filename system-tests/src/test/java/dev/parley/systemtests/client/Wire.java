package dev.parley.systemtests.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;

/** Encodes and decodes WebSocket frames, for clients that are only a socket. */
final class Wire {

    static final int TEXT = 0x81;
    static final int CLOSE = 0x88;
    static final int PING = 0x89;
    static final int PONG = 0x8a;

    private static final int SHORT = 126;
    private static final int LONG = 127;
    private static final int MASKED = 0x80;

    private Wire() {}

    static InetSocketAddress addressOf(URI gateway) {
        return new InetSocketAddress(gateway.getHost(), gateway.getPort());
    }

    static byte[] handshake(URI gateway, String token) {
        return """
                GET /api/ws HTTP/1.1\r
                Host: %s\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Protocol: parley.v1, bearer.%s\r
                \r
                """.formatted(gateway.getAuthority(), token).getBytes(ISO_8859_1);
    }

    /** A whole message in one frame, masked with zeros. */
    static byte[] frame(int firstByte, byte[] payload) {
        var frame = new ByteArrayOutputStream();
        frame.write(firstByte);
        if (payload.length < SHORT) {
            frame.write(MASKED | payload.length);
        } else if (payload.length < 1 << 16) {
            frame.write(MASKED | SHORT);
            frame.writeBytes(
                    ByteBuffer.allocate(2).putShort((short) payload.length).array());
        } else {
            frame.write(MASKED | LONG);
            frame.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        frame.writeBytes(new byte[4]);
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    /**
     * The length of the server's frame at the position of the buffer. @return -1 if the buffer does not hold its header; moves nothing
     */
    static long frameLength(ByteBuffer from) {
        int at = from.position();
        if (from.remaining() < 2) {
            return -1;
        }
        int length = from.get(at + 1) & 0x7f;
        return switch (length) {
            case SHORT -> from.remaining() < 4 ? -1 : 4 + (from.getShort(at + 2) & 0xffff);
            case LONG -> from.remaining() < 10 ? -1 : 10 + from.getLong(at + 2);
            default -> 2 + length;
        };
    }
}
