package dev.parley.gateway.testkit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An input stream of a fixed rate: no byte can be read before its time. */
final class SlowLine extends FilterInputStream {

    private static final int MAX_READ = 1024;

    private final int bytesPerSecond;
    private long freeAtNanos = System.nanoTime();

    SlowLine(InputStream in, int bytesPerSecond) {
        super(in);
        this.bytesPerSecond = bytesPerSecond;
    }

    @Override
    public int read() throws IOException {
        int b = super.read();
        awaitTurnOf(1);
        return b;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        int count = super.read(bytes, from, Math.min(length, MAX_READ));
        awaitTurnOf(Math.max(count, 0));
        return count;
    }

    private void awaitTurnOf(int bytes) {
        long now = System.nanoTime();
        freeAtNanos = Math.max(freeAtNanos, now) + TimeUnit.SECONDS.toNanos(bytes) / bytesPerSecond;
        for (long left = freeAtNanos - now;
                left > TimeUnit.MILLISECONDS.toNanos(1);
                left = freeAtNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
