package dev.parley.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/** Loopback ports that stay the same from start to start. */
final class Ports {

    /** Below what operating systems give to outgoing connections, so that no such connection takes a port that we were told to keep. */
    private static final int FIRST = 20_000;

    private static final int COUNT = 10_000;
    private static final int TRIES = 1_000;

    private Ports() {}

    /**
     * The port that {@code file} remembers if it is free now, else a free one, which the file then remembers. A
     * {@code wanted} port other than 0 is taken as it is and remembered.
     */
    static int keptIn(Path file, int wanted) {
        int kept = wanted != 0 ? wanted : remembered(file);
        int port = wanted != 0 || (kept != 0 && isFree(kept)) ? kept : free();
        remember(file, port);
        return port;
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
