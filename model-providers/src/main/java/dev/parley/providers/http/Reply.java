package dev.parley.providers.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** An answer of which the head is there and the body comes. */
public final class Reply implements AutoCloseable {

    private static final int MAX_REST_BYTES = 4 * 1024;
    private static final long MAX_REST_WAIT_MS = 1_000;

    private final InputStream body;
    private boolean complete;

    Reply(InputStream body) {
        this.body = body;
    }

    /** Reading it ends within milliseconds when the thread is interrupted, with an exception and the interrupt flag set. */
    public InputStream body() {
        return body;
    }

    /** Closes the body if it is not over by then: who reads it meanwhile finds it broken. */
    void closeAfter(Duration patience) {
        CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS)
                .execute(this::closeBody);
    }

    /** All that matters was read: {@link #close()} then keeps the connection for the next call if the service ends the body soon. */
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
            // the connection is gone, and nobody waits for it
        } finally {
            closeBody();
        }
    }

    private void closeBody() {
        try {
            body.close();
        } catch (IOException e) {
            // nothing is left to do for it
        }
    }
}
