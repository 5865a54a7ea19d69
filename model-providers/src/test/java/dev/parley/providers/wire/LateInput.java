package dev.parley.providers.wire;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** A body that arrives after a delay, unless it is closed before. */
public final class LateInput extends FilterInputStream {

    private final Duration pause;
    private boolean begun;
    private volatile boolean closed;

    public LateInput(InputStream body, Duration pause) {
        super(body);
        this.pause = pause;
    }

    @Override
    public int read() throws IOException {
        awaitIt();
        return super.read();
    }

    @Override
    public int read(byte[] into, int from, int max) throws IOException {
        awaitIt();
        return super.read(into, from, max);
    }

    private void awaitIt() throws IOException {
        if (!begun) {
            begun = true;
            sleep();
        }
        if (closed) {
            throw new IOException("closed");
        }
    }

    private void sleep() {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
