package dev.parley.providers.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A response whose head has arrived and whose body is still arriving. */
public final class Reply implements AutoCloseable {

    private static final int MAX_REST_BYTES = 4 * 1024;
    private static final long MAX_REST_WAIT_MS = 1_000;

    private final InputStream body;
    private boolean complete;

    Reply(InputStream body) {
        this.body = body;
    }

    /** If the reading thread is interrupted, reading fails within milliseconds and the interrupt flag stays set. */
    public InputStream body() {
        return body;
    }

    /** Closes the body after this time, so that a read that is still waiting fails. */
    void closeAfter(Duration time) {
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS)
                .execute(this::closeBody);
    }

    /** The answer is complete: {@link #close()} then keeps the connection for the next call, if the service ends the body soon. */
    public void complete() {
        complete = true;
    }

    @Override
    public void close() {
        if (complete) {
            Executor later = CompletableFuture.delayedExecutor(MAX_REST_WAIT_MS, TimeUnit.MILLISECONDS);
            Thread.startVirtualThread(this::readRest);
            later.execute(this::closeBody);
        } else {
            closeBody();
        }
    }

    private void readRest() {
        try {
            body.readNBytes(MAX_REST_BYTES);
        } catch (IOException e) {
            // the answer is complete without it
        } finally {
            closeBody();
        }
    }

    private void closeBody() {
        try {
            body.close();
        } catch (IOException e) {
            // the connection is closed anyway
        }
    }
}
