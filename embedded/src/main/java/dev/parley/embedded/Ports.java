package dev.parley.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Loopback ports that stay the same from start to start. */
final class Ports {

    /** Below the range that operating systems use for outgoing connections, so that none of them takes a port that is to be kept. */
    private static final int FIRST = 20_000;

    private static final int COUNT = 10_000;
    private static final int TRIES = 1_000;
    private static final int MAX_STARTS = 5;

    private Ports() {}

    /**
     * Starts a server on the port in {@code file} if it is free, otherwise on another free one, which is written to the file. A
     * {@code wanted} port other than 0 must be free, and is written to the file. If another process takes the port before the server
     * does, as when a copy of the same data folder starts at the same moment, the server is started again on another port.
     *
     * @param start starts the server on a port; if the port is taken, it throws an exception with a {@link BindException} among its
     *     causes
     */
    static <T> T startOn(Path file, int wanted, IntFunction<T> start) {
        int port = wanted != 0 ? mustBeFree(wanted) : freeAsRemembered(file);
        for (int starts = 1; ; starts++) {
            try {
                T started = start.apply(port);
                remember(file, port);
                return started;
            } catch (Exception e) { // Netty throws a BindException that it does not declare
                if (wanted != 0 || starts == MAX_STARTS || !isTaken(e)) {
                    throw e;
                }
                port = free();
            }
        }
    }

    private static boolean isTaken(@Nullable Throwable e) {
        return e != null && (e instanceof BindException || isTaken(e.getCause()));
    }

    static int free() {
        for (int i = 0; i < TRIES; i++) {
            int port = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("No free loopback port between " + FIRST + " and " + (FIRST + COUNT));
    }

    static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int mustBeFree(int port) {
        if (!isFree(port)) {
            throw new IllegalStateException(
                    "Port " + port + " on 127.0.0.1 is taken. Stop the program that uses it, or choose another port");
        }
        return port;
    }

    private static int freeAsRemembered(Path file) {
        int port = remembered(file);
        return port != 0 && isFree(port) ? port : free();
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(loopback(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int remembered(Path file) {
        try {
            return Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    private static void remember(Path file, int port) {
        try {
            Files.writeString(file, port + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
