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
 * The network between a process and a server, for tests that cut it. A cut is as TCP knows it: nobody is told, new connections seem to be
 * made, and what is sent waits. When the network is there again it arrives late, unless the connections were reset.
 */
public final class TcpProxy implements AutoCloseable {

    /** Which way bytes go. */
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
     * @param server the port of the server, which need not be there yet
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

    /** Where it listens. */
    public int port() {
        return entrance.getLocalPort();
    }

    /** From now on nothing more arrives that goes one of these ways. */
    public void cut(Set<Way> ways) {
        synchronized (network) {
            cut.addAll(ways);
        }
    }

    /** All arrives again; first what has waited. */
    public void restore() {
        synchronized (network) {
            cut.clear();
            network.notifyAll();
        }
    }

    /** All arrives again, but what was on its way is lost with its connections. */
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
            // The server is not there: the client sees its connection closed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(client);
        }
    }

    /** Until one of them ends; then neither is of use any more. */
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
            // One of them has gone.
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
            // It is closed already.
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // Nobody is there to be told.
        }
    }
}
