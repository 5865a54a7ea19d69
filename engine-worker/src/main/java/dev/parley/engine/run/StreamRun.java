package dev.parley.engine.run;

import dev.parley.engine.provider.ModelChoice;
import dev.parley.engine.run.Order.Task;
import dev.parley.engine.stream.Input;
import dev.parley.engine.stream.Moment;
import dev.parley.engine.stream.StreamState;
import dev.parley.engine.stream.Written;
import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.ChatEvent.StreamKeepalive;
import dev.parley.schema.event.ChatEvent.StreamReleased;
import dev.parley.schema.event.ChatEvent.StreamTakeover;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one stream under one claim. At most one of its records is unacknowledged; meanwhile the model goes on and what it says is
 * joined. Once a record's fate is unknown, or another writer has the stream, it writes no more.
 *
 * <p>{@link #stop}, {@link #won}, {@link #lost} and {@link #release} may be called from any thread and do not block.
 */
public final class StreamRun implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRun.class);
    private static final int KEEPALIVES_PER_LEASE = 3;

    private final Order order;
    private final Stage stage;
    private final Consumer<StreamRun> whenDone;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // guarded by lock
    private StreamState state;
    private @Nullable Won won;
    private boolean leave;
    private @Nullable String releaseReason;
    private long heardAt;
    private boolean heard;
    private long stopAt;
    private @Nullable StopReason stopping;

    private volatile @Nullable Thread model;
    private volatile boolean foundOver;

    // of the writing thread
    private long startedAt;
    private long appendedAt;
    private int controls;

    private record Won(Written written, long elapsedMs) {}

    /** @param whenDone called on the writing thread after the last record */
    public StreamRun(Order order, Stage stage, Consumer<StreamRun> whenDone) {
        this.order = order;
        this.stage = stage;
        this.whenDone = whenDone;
        this.state = StreamState.initial(order.turn(), stage.limits());
    }

    public Order order() {
        return order;
    }

    /** Whether it wrote nothing because the stream was over long ago. */
    public boolean foundOver() {
        return foundOver;
    }

    /** Ends the stream with the text that the log has. Again and after the end: nothing. */
    public void stop(StopReason reason) {
        locked(() -> {
            if (stopping == null) {
                stopping = reason;
                stopAt = stage.nanos().getAsLong();
                state = state.receive(new Input.Stopped(reason));
            }
        });
        stopModel();
    }

    /** The log has this run's takeover as the one that counts, after {@code written}. */
    public void won(Written written, long elapsedMs) {
        locked(() -> won = new Won(written, elapsedMs));
    }

    /** The log has another writer for the stream, or its end. */
    public void lost() {
        locked(() -> leave = true);
        stopModel();
    }

    /** Gives the stream up to whoever takes it. */
    public void release(String reason) {
        locked(() -> {
            releaseReason = reason;
            leave = true;
        });
        stopModel();
    }

    @Override
    public void run() {
        startedAt = stage.nanos().getAsLong();
        appendedAt = startedAt;
        try {
            begin();
            write();
        } catch (ClaimSpentException e) {
            LOG.warn("a record of claim {} has an unknown fate, its stream is left", order.claim(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("writing a stream failed", e);
        } finally {
            stopModel();
            whenDone.accept(this);
        }
    }

    private void begin() throws InterruptedException {
        if (order.task() instanceof Task.TakeOver takeOver) {
            takeOver(takeOver);
            return;
        }
        if (stage.archive().isOver(order.stream())) {
            foundOver = true;
            lost();
            return;
        }
        ModelChoice choice =
                stage.providers().choose(order.turn().context(), order.turn().message());
        receive(new Input.Started(
                stage.ids().get(),
                new StartMetadata(choice.provider().name(), choice.model(), choice.category(), null)));
        switch (order.task()) {
            case Task.Answer _ -> startModel(choice, "");
            case Task.EndStopped stop -> stop(stop.reason());
            case Task.Refuse refuse -> receive(new Input.Failed(Failures.refusal(refuse.code())));
            case Task.TakeOver _ -> {}
        }
    }

    /** Appends the claim first; only when the log shows that it won is anything known of the stream. */
    private void takeOver(Task.TakeOver task) throws InterruptedException {
        control(new StreamTakeover(
                order.turn().messageId(), order.turn().session(), order.claim().attempt(), stage.workerId()));
        Won last = awaitVictory();
        if (last == null) {
            return;
        }
        startedAt = stage.nanos().getAsLong() - TimeUnit.MILLISECONDS.toNanos(last.elapsedMs());
        locked(() -> {
            state = StreamState.resumed(order.turn(), stage.limits(), last.written())
                    .receive(new Input.TakenOver(order.claim().attempt()));
            if (stopping != null) {
                state = state.receive(new Input.Stopped(stopping)); // it came while the claim was under way
            }
        });
        switch (task.purpose()) {
            case STOP -> stop(task.reason());
            case FAIL -> receive(new Input.Failed(Failures.WORKER_LOST));
            case CONTINUE ->
                startModel(
                        stage.providers()
                                .choose(order.turn().context(), order.turn().message()),
                        last.written().content().toString());
        }
    }

    private @Nullable Won awaitVictory() throws InterruptedException {
        long deadline = stage.nanos().getAsLong() + stage.settings().lease().toNanos();
        lock.lockInterruptibly();
        try {
            while (won == null && !leave) {
                if (changed.awaitNanos(deadline - stage.nanos().getAsLong()) <= 0) {
                    leave = true; // a claim that was not seen for a lease is not used
                }
            }
            return leave ? null : won;
        } finally {
            lock.unlock();
        }
    }

    private void startModel(ModelChoice choice, String answerSoFar) {
        heardAt = stage.nanos().getAsLong();
        ModelCall call = new ModelCall(order, choice, stage, answerSoFar, this::receive);
        model = Thread.ofVirtual().name("model-" + order.claim()).start(call);
    }

    private void stopModel() {
        Thread reading = model;
        if (reading != null) {
            reading.interrupt();
        }
    }

    /** Writes until the stream is over or left. */
    private void write() throws InterruptedException {
        while (true) {
            Next next = awaitNext();
            switch (next) {
                case Next.Append append -> {
                    append(append);
                    if (append.event() instanceof StreamEvent.Terminal) {
                        stage.observer().ended(state.written());
                        if (stopping != null) {
                            stage.observer()
                                    .stopped(Duration.ofNanos(stage.nanos().getAsLong() - stopAt));
                        }
                        return;
                    }
                }
                case Next.Keepalive _ ->
                    control(new StreamKeepalive(order.turn().messageId()));
                case Next.Leave leaving -> {
                    stopModel();
                    if (leaving.reason() != null) {
                        control(new StreamReleased(order.turn().messageId(), leaving.reason()));
                    }
                    return;
                }
            }
        }
    }

    private sealed interface Next {
        record Append(StreamEvent event, long elapsedMs) implements Next {}

        record Keepalive() implements Next {}

        record Leave(@Nullable String reason) implements Next {}
    }

    private Next awaitNext() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (leave) {
                    return new Next.Leave(releaseReason);
                }
                long now = stage.nanos().getAsLong();
                long timeoutAt = watchModel(now);
                if (state.isDecided()) {
                    stopModel(); // its connection is closed before the end is written
                }
                long elapsedMs = TimeUnit.NANOSECONDS.toMillis(now - startedAt);
                Optional<StreamEvent> event =
                        state.decide(new Moment(stage.clock().instant(), elapsedMs));
                if (event.isPresent()) {
                    return new Next.Append(event.get(), elapsedMs);
                }
                long keepaliveAt = appendedAt + stage.settings().lease().toNanos() / KEEPALIVES_PER_LEASE;
                if (now >= keepaliveAt) {
                    return new Next.Keepalive();
                }
                long unused = changed.awaitNanos(Math.min(timeoutAt, keepaliveAt) - now);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Fails the stream if the model has been silent or at work for too long. @return when to look again */
    private long watchModel(long now) {
        RunSettings settings = stage.settings();
        long silentUntil = heardAt + (heard ? settings.idle() : settings.firstToken()).toNanos();
        long totalUntil = startedAt + settings.total().toNanos();
        if (state.isDecided() || model == null || now < Math.min(silentUntil, totalUntil)) {
            return Math.min(silentUntil, totalUntil);
        }
        Failure failure = now >= totalUntil ? Failures.TOTAL : heard ? Failures.IDLE : Failures.FIRST_TOKEN;
        state = state.receive(new Input.Failed(failure));
        return Long.MAX_VALUE;
    }

    private void append(Next.Append next) throws InterruptedException {
        await(stage.appender().event(order.address(), order.claim(), next.event()));
        locked(() -> state = state.evolve(next.event(), next.elapsedMs()));
    }

    private void control(Control record) throws InterruptedException {
        await(stage.appender().control(order.address(), order.claim(), controls++, record));
    }

    private void await(CompletableFuture<?> appended) throws InterruptedException {
        try {
            appended.get();
            appendedAt = stage.nanos().getAsLong();
        } catch (ExecutionException e) {
            throw new ClaimSpentException(e.getCause());
        }
    }

    /** @return whether more of the model is wanted */
    private boolean receive(Input input) {
        lock.lock();
        try {
            state = state.receive(input);
            if (input instanceof Input.Said) {
                heard = true;
                heardAt = stage.nanos().getAsLong();
            }
            changed.signalAll();
            return !state.isDecided() && !leave;
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody knows whether a record is in the log: the claim must not be used again. */
    private static final class ClaimSpentException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ClaimSpentException(@Nullable Throwable cause) {
            super(cause);
        }
    }
}
