package dev.parley.providers.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A response body as a stream. If the connection breaks, everything that has arrived can still be read; the JDK's own stream discards
 * it, and with it the last words of an answer. Closing the stream before its end, or interrupting the reading thread, closes the
 * connection.
 *
 * <p>One thread reads at a time; any thread may close. At most two arrivals are held, because the next one is requested when one is
 * taken.
 */
final class ArrivingBody extends InputStream implements HttpResponse.BodySubscriber<InputStream> {

    private sealed interface Arrival {
        record Bytes(List<ByteBuffer> buffers) implements Arrival {}

        record End() implements Arrival {}

        record Broken(IOException cause) implements Arrival {}
    }

    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private Iterator<ByteBuffer> taken = Collections.emptyIterator();
    private ByteBuffer current = ByteBuffer.allocate(0);
    private Flow.@Nullable Subscription subscription;
    private boolean closed;

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        if (subscribe(newSubscription)) {
            newSubscription.request(1);
        } else {
            newSubscription.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        arrivals.add(new Arrival.Bytes(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        dropSubscription();
        arrivals.add(new Arrival.Broken(new IOException("the connection broke", cause)));
    }

    @Override
    public void onComplete() {
        dropSubscription();
        arrivals.add(new Arrival.End());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int max) throws IOException {
        if (max == 0) {
            return 0;
        }
        while (!current.hasRemaining()) {
            if (taken.hasNext()) {
                current = taken.next();
            } else if (!takeNext()) {
                return -1;
            }
        }
        int count = Math.min(max, current.remaining());
        current.get(into, from, count);
        return count;
    }

    @Override
    public void close() {
        Flow.Subscription open = closeSubscription();
        if (open != null) {
            open.cancel();
        }
        arrivals.add(new Arrival.Broken(new IOException("closed")));
    }

    /** @return whether more can follow */
    private boolean takeNext() throws IOException {
        Arrival next = await();
        return switch (next) {
            case Arrival.Bytes(List<ByteBuffer> buffers) -> {
                taken = buffers.iterator();
                askForMore();
                yield true;
            }
            case Arrival.End end -> {
                arrivals.add(end);
                yield false;
            }
            case Arrival.Broken broken -> {
                arrivals.add(broken);
                throw broken.cause();
            }
        };
    }

    private Arrival await() throws IOException {
        try {
            return arrivals.take();
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    /** Not under the lock, because a subscription may deliver within the call. */
    private void askForMore() {
        Flow.Subscription from = subscription();
        if (from != null) {
            from.request(1);
        }
    }

    private synchronized Flow.@Nullable Subscription subscription() {
        return subscription;
    }

    private synchronized boolean subscribe(Flow.Subscription newSubscription) {
        if (!closed) {
            subscription = newSubscription;
        }
        return !closed;
    }

    private synchronized Flow.@Nullable Subscription closeSubscription() {
        closed = true;
        return dropSubscription();
    }

    /** After the end of the body the connection may serve another call, so it must not be cancelled any more. */
    private synchronized Flow.@Nullable Subscription dropSubscription() {
        Flow.Subscription old = subscription;
        subscription = null;
        return old;
    }
}
