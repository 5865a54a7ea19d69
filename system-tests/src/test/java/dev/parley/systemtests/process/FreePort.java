package dev.parley.systemtests.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Loopback ports for processes that keep theirs over restarts. */
public final class FreePort {

    /** Below the range of outgoing connections, and apart from the range of the embedded broker. */
    private static final int FIRST = 12_000;

    private static final int COUNT = 8_000;
    private static final int TRIES = 1_000;
    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePort() {}

    /** A port that is free now and that this method has not returned before. */
    public static synchronized int next() {
        for (int i = 0; i < TRIES; i++) {
            int port = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
            if (isFree(port) && GIVEN.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free loopback port from " + FIRST + " on");
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
