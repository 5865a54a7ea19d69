package dev.parley.systemtests.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between a process and a server, for tests that cut it. A cut is like a failed network: both sides keep their connections,
 * new connections seem to succeed, and bytes wait. When the network is restored, they arrive late, unless the connections were reset.
 */
public final class TcpProxy implements AutoCloseable {

    /** The direction of bytes. */
    public enum Way {
        TO_SERVER,
        FROM_SERVER
    }

    private static final int BUFFER = 16 * 1024;
    private static final int BACKLOG = 100;

    private final ServerSocket entrance;
    private final int server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Object network = new Object();
    private final Set<Way> cut = EnumSet.noneOf(Way.class); // guarded by network

    private TcpProxy(ServerSocket entrance, int server) {
        this.entrance = entrance;
        this.server = server;
    }

    /**
     * @param port where it listens, on loopback
     * @param server the port of the server, which may start later
     */
    public static TcpProxy start(int port, int server) {
        try {
            var proxy = new TcpProxy(new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress()), server);
            Thread.ofPlatform().daemon().name("tcp-proxy").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port where it listens. */
    public int port() {
        return entrance.getLocalPort();
    }

    /** Stops forwarding in these directions. */
    public void cut(Set<Way> ways) {
        synchronized (network) {
            cut.addAll(ways);
        }
    }

    /** Forwards again, first the bytes that have waited. */
    public void restore() {
        synchronized (network) {
            cut.clear();
            network.notifyAll();
        }
    }

    /** Forwards again on new connections; the old ones and their bytes are lost. */
    public void restoreWithoutOldConnections() {
        sockets.forEach(TcpProxy::reset);
        restore();
    }

    @Override
    public void close() {
        restoreWithoutOldConnections();
        closeQuietly(entrance);
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                sockets.add(client);
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try (client;
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server)) {
            sockets.add(upstream);
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            Thread back = Thread.ofVirtual().start(() -> carry(upstream, client, Way.FROM_SERVER));
            carry(client, upstream, Way.TO_SERVER);
            back.join();
            sockets.remove(upstream);
        } catch (IOException e) {
            // The server does not listen: the client's connection is closed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(client);
        }
    }

    /** Forwards until one of the two connections ends, then closes both. */
    private void carry(Socket from, Socket to, Way way) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitNetwork(way);
                out.write(buffer, 0, read);
            }
            awaitNetwork(way);
        } catch (IOException e) {
            // One of the connections was closed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private void awaitNetwork(Way way) throws InterruptedException {
        synchronized (network) {
            while (cut.contains(way)) {
                network.wait();
            }
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already.
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // The connection is gone; nothing can be reported to it.
        }
    }
}
