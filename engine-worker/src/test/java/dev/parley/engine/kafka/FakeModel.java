package dev.parley.engine.kafka;

import dev.parley.providers.ModelChoice;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.NamedModel;
import dev.parley.providers.Provider;
import dev.parley.providers.ProviderException;
import dev.parley.providers.Providers;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A model that says what the test tells it to say, when the test tells it to. */
final class FakeModel implements Provider, Providers {
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Call> arrivals = new LinkedBlockingQueue<>();

    /** One call of the model. */
    static final class Call {
        private final ModelRequest request;
        private final BlockingQueue<Object> script = new LinkedBlockingQueue<>();
        private final CountDownLatch closed = new CountDownLatch(1);

        Call(ModelRequest request) {
            this.request = request;
        }

        ModelRequest request() {
            return request;
        }

        Call say(String text) {
            script.add(new ModelPiece.Content(text));
            return this;
        }

        void finish() {
            script.add(new ModelPiece.Finished("stop", null));
        }

        void fail(ProviderException.Kind kind) {
            script.add(new ProviderException(kind, false, "failed by the test"));
        }

        boolean awaitClosed() throws InterruptedException {
            return closed.await(10, TimeUnit.SECONDS);
        }
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public ModelChoice choose(NamedModel requested, String message) {
        return new ModelChoice(this, "fake-1", "general");
    }

    @Override
    public ModelChoice resume(NamedModel requested, String message, NamedModel begun) {
        return new ModelChoice(this, begun.model() + ", resumed", Objects.requireNonNull(begun.category()));
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException {
        Call call = new Call(request);
        calls.add(call);
        arrivals.add(call);
        try {
            while (true) {
                Object next = call.script.take();
                if (next instanceof ProviderException failure) {
                    throw failure;
                }
                ModelPiece piece = (ModelPiece) next;
                sink.accept(piece);
                if (piece instanceof ModelPiece.Finished) {
                    return;
                }
            }
        } finally {
            call.closed.countDown();
        }
    }

    /** Waits for the next call. */
    Call awaitCall() throws InterruptedException {
        Call call = arrivals.poll(20, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("the model was not asked");
        }
        return call;
    }

    int calls() {
        return calls.size();
    }
}
