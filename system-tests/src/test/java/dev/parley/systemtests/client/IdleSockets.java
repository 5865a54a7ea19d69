package dev.parley.systemtests.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Many WebSockets that send nothing, on the caller's thread and in a few bytes each; clients with threads, queues and records of their
 * own would distort the measurement. Pings are answered in {@link #lookAfter} only.
 *
 * <p>Not thread-safe.
 */
public final class IdleSockets implements AutoCloseable {

    /** Concurrent handshakes. */
    private static final int ABREAST = 64;

    private static final long TURN_MS = 50;
    private static final int MOST_BYTES_AT_ONCE = 4 << 10;
    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

    private final URI gateway;
    private final Selector selector;
    private final ByteBuffer incoming = ByteBuffer.allocate(MOST_BYTES_AT_ONCE);
    private final List<Peer> peers = new ArrayList<>();
    private final Set<Peer> unwelcomed = new HashSet<>();
    private int open;

    private IdleSockets(URI gateway) throws IOException {
        this.gateway = gateway;
        this.selector = Selector.open();
    }

    /**
     * Connects them, and returns when each has received {@code connect}.
     *
     * @param users by number
     * @throws AssertionError if one is refused, or not connected in time
     */
    public static IdleSockets open(URI gateway, int count, IntFunction<String> users, Duration bound) {
        try {
            var sockets = new IdleSockets(gateway);
            sockets.connectAll(count, users, System.nanoTime() + bound.toNanos());
            return sockets;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many are still open. */
    public int open() {
        return open;
    }

    /** Reads what arrived, and answers pings. */
    public void lookAfter() {
        try {
            turn(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes every second one with a close frame and waits for the answer; cuts the others off. */
    @Override
    public void close() {
        try {
            for (int n = 0; n < peers.size(); n++) {
                Peer peer = peers.get(n);
                if (n % 2 == 0) {
                    peer.printFigures(Wire.CLOSE, new byte[] {1000 >> 8, (byte) 1000});
                } else {
                    peer.cut();
                    forget(peer);
                }
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (open > 0 && System.nanoTime() < deadline) {
                turn(TURN_MS);
            }
            for (Peer peer : peers) {
                peer.channel.close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void connectAll(int count, IntFunction<String> users, long deadline) throws IOException {
        while (peers.size() < count || !unwelcomed.isEmpty()) {
            while (peers.size() < count && unwelcomed.size() < ABREAST) {
                connect(users.apply(peers.size()));
            }
            turn(TURN_MS);
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        unwelcomed.size() + " of " + peers.size() + " sockets are not connected in time");
            }
        }
    }

    private void connect(String user) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        var peer = new Peer(channel, user);
        peers.add(peer);
        unwelcomed.add(peer);
        open++;
        channel.connect(Wire.addressOf(gateway));
        channel.register(selector, SelectionKey.OP_CONNECT, peer);
    }

    private void turn(long waitMs) throws IOException {
        selector.select(
                key -> {
                    try {
                        attend(key, (Peer) key.attachment());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Math.max(1, waitMs));
    }

    private void attend(SelectionKey key, Peer peer) throws IOException {
        if (key.isConnectable()) {
            peer.channel.finishConnect();
            key.interestOps(SelectionKey.OP_READ);
            peer.write(Wire.handshake(gateway, Tokens.of(peer.user)));
            return;
        }
        incoming.clear().put(peer.rest);
        int read = peer.channel.read(incoming);
        incoming.flip();
        if (read < 0) {
            key.cancel();
            peer.channel.close();
            if (unwelcomed.contains(peer)) {
                throw new AssertionError("a socket was closed before it was connected");
            }
            forget(peer);
            return;
        }
        take(peer);
        peer.rest = new byte[incoming.remaining()];
        incoming.get(peer.rest);
    }

    private void take(Peer peer) throws IOException {
        if (!peer.upgraded && !tookHead(peer)) {
            return;
        }
        for (long length = Wire.frameLength(incoming);
                length >= 0 && length <= incoming.remaining();
                length = Wire.frameLength(incoming)) {
            int type = incoming.get(incoming.position()) & 0xff;
            byte[] frame = new byte[(int) length];
            incoming.get(frame);
            switch (type) {
                case Wire.PING -> peer.printFigures(Wire.PONG, new byte[0]);
                case Wire.CLOSE -> forget(peer);
                default -> unwelcomed.remove(peer);
            }
        }
    }

    private boolean tookHead(Peer peer) {
        String soFar = ISO_8859_1.decode(incoming.duplicate()).toString();
        int end = soFar.indexOf(new String(END_OF_HEAD, ISO_8859_1));
        if (end < 0) {
            return false;
        }
        if (!soFar.startsWith("HTTP/1.1 101")) {
            throw new AssertionError("handshake refused: " + soFar);
        }
        incoming.position(incoming.position() + end + END_OF_HEAD.length);
        peer.upgraded = true;
        return true;
    }

    private void forget(Peer peer) {
        if (!peer.gone) {
            peer.gone = true;
            open--;
        }
    }

    private static final class Peer {

        private static final byte[] NOTHING = {};

        private final SocketChannel channel;
        private final String user;
        private byte[] rest = NOTHING;
        private boolean upgraded;
        private boolean gone;

        Peer(SocketChannel channel, String user) {
            this.channel = channel;
            this.user = user;
        }

        void printFigures(int firstByte, byte[] payload) throws IOException {
            write(Wire.frame(firstByte, payload));
        }

        /** Writes without waiting: all that is sent here fits into the buffer of any socket. */
        void write(byte[] bytes) throws IOException {
            if (channel.write(ByteBuffer.wrap(bytes)) != bytes.length) {
                throw new AssertionError("an idle socket does not accept a write");
            }
        }

        /** Closes the connection with a TCP reset. */
        void cut() throws IOException {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.close();
        }
    }
}
