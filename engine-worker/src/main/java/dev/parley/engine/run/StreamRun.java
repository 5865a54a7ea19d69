package dev.parley.engine.run;

import dev.parley.engine.run.ClaimWriter.Step;
import dev.parley.engine.run.Order.Task;
import dev.parley.engine.stream.Input;
import dev.parley.engine.stream.Written;
import dev.parley.engine.view.Decision.Purpose;
import dev.parley.providers.ModelChoice;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;
import dev.parley.schema.trace.Traces;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one claim: this one does what {@link ClaimWriter} says, another reads the model. The model is never waited on by
 * the log, nor the log by the model; and no thread waits for an acknowledgement, but at the end for all of them.
 */
public final class StreamRun implements Run, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRun.class);

    private final Order order;
    private final Stage stage;
    private final Consumer<StreamRun> whenDone;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ClaimWriter writer; // guarded by lock
    private final ModelChoice choice;
    /** Is told whom to ask when the model may be asked. */
    private final CompletableFuture<ModelCall.Question> goOn = new CompletableFuture<>();

    private final Traces.Step step;
    private final Appender.Address address;

    private volatile @Nullable Thread model;
    private volatile @Nullable Long stoppedAt;
    private volatile boolean spent;
    private volatile long lastOffset = NOTHING_WRITTEN; // changed under the lock
    private long lastAppendAt; // guarded by lock
    private @Nullable Long lastChunkAt; // guarded by lock

    /** @param whenDone called on the writing thread after the last record */
    public StreamRun(Order order, Stage stage, Consumer<StreamRun> whenDone) {
        this.order = order;
        this.stage = stage;
        this.whenDone = whenDone;
        this.step = stage.traces()
                .begin("stream", Traces.Kind.CONSUMER, order.address().traceparent())
                .with("parley.attempt", String.valueOf(order.claim().attempt()));
        this.address = order.address().under(step.traceparent());
        this.choice =
                stage.providers().choose(order.turn().context(), order.turn().message());
        this.writer = new ClaimWriter(
                order,
                order.task() instanceof Task.TakeOver ? null : start(stage, choice),
                stage.settings(),
                stage.limits(),
                stage.workerId(),
                stage.nanos().getAsLong());
        if (isToBeStopped(order.task())) {
            stoppedAt = stage.nanos().getAsLong();
        }
    }

    private static boolean isToBeStopped(Task task) {
        return switch (task) {
            case Task.EndStopped _ -> true;
            case Task.TakeOver takeOver -> takeOver.purpose() == Purpose.STOP;
            case Task.Answer _, Task.Refuse _ -> false;
        };
    }

    private static Input.Started start(Stage stage, ModelChoice choice) {
        return new Input.Started(
                stage.ids().get(),
                new StartMetadata(choice.provider().name(), choice.model(), choice.category(), null));
    }

    @Override
    public Order order() {
        return order;
    }

    @Override
    public boolean spent() {
        return spent;
    }

    @Override
    public long lastOffset() {
        return lastOffset;
    }

    @Override
    public void stop(StopReason reason) {
        if (stoppedAt == null) {
            stoppedAt = stage.nanos().getAsLong();
        }
        locked(() -> writer.stop(reason));
    }

    @Override
    public void won(Written written, long elapsedMs) {
        locked(() -> writer.won(written, elapsedMs, stage.nanos().getAsLong()));
    }

    @Override
    public void lost() {
        locked(writer::lost);
    }

    @Override
    public void release(String reason) {
        locked(() -> writer.release(reason));
    }

    @Override
    public void run() {
        try {
            prepareModel();
            write();
            observeEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("writing under claim {} failed", order.claim(), e);
        } finally {
            closeModel();
            step.end();
            whenDone.accept(this);
        }
    }

    private void write() throws InterruptedException {
        while (true) {
            switch (awaitStep()) {
                case Step.AppendEvent append ->
                    whenKnown(append, stage.appender().event(address, order.claim(), append.event()));
                case Step.AppendControl append ->
                    whenKnown(append, stage.appender().control(address, order.claim(), append.n(), append.control()));
                case Step.AskModel ask -> goOn.complete(new ModelCall.Question(choiceNow(), ask.answerSoFar()));
                case Step.Rest _ -> {}
                case Step.Done _ -> {
                    return;
                }
            }
        }
    }

    private Step awaitStep() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                long now = stage.nanos().getAsLong();
                Step step = writer.next(now, stage.clock().instant());
                if (!writer.wantsModel()) {
                    closeModel(); // before the end is written
                }
                if (!(step instanceof Step.Rest(long until))) {
                    return step;
                }
                long unused = changed.awaitNanos(until - now);
            }
        } finally {
            lock.unlock();
        }
    }

    private void whenKnown(Step append, CompletableFuture<Long> known) {
        var _ = known.whenComplete((offset, failure) -> {
            if (failure == null) {
                appended(append, offset);
            } else {
                LOG.warn("a record of claim {} has an unknown fate, its stream is left", order.claim(), failure);
                locked(writer::failed);
            }
        });
    }

    /** On the producer's thread. This run's own is not woken for what gives it nothing to do. */
    private void appended(Step append, long offset) {
        lock.lock();
        try {
            lastOffset = Math.max(lastOffset, offset);
            lastAppendAt = stage.nanos().getAsLong();
            observeChunk(append);
            if (writer.appended(append, lastAppendAt)) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void observeChunk(Step append) {
        if (append instanceof Step.AppendEvent(StreamEvent event, long _)
                && (event instanceof ContentChunk || event instanceof ThinkingChunk)) {
            Long before = lastChunkAt;
            if (before != null) {
                stage.observer().chunkGap(writer.provider(), Duration.ofNanos(lastAppendAt - before));
            }
            lastChunkAt = lastAppendAt;
        }
    }

    /** After the last record. */
    private void observeEnd() {
        lock.lock();
        try {
            spent = writer.isSpent();
            if (spent) {
                step.failed("unknown fate");
            }
            if (!writer.hasEnded()) {
                return;
            }
            stage.observer().ended(writer.written(), writer.provider());
            tellOutcome(writer.written().end());
            Long since = stoppedAt;
            if (since != null) {
                stage.observer().stopped(Duration.ofNanos(lastAppendAt - since));
            }
        } finally {
            lock.unlock();
        }
    }

    private void tellOutcome(@Nullable Terminal end) {
        if (end instanceof StreamError error) {
            step.failed(error.error().code().name());
        }
    }

    /** Side by side with all that comes before the model may be asked. */
    private void prepareModel() {
        boolean answers = switch (order.task()) {
            case Task.Answer _ -> true;
            case Task.TakeOver takeOver -> takeOver.purpose() == Purpose.CONTINUE;
            case Task.EndStopped _, Task.Refuse _ -> false;
        };
        if (answers) {
            ModelCall call = new ModelCall(order, stage, step.traceparent(), goOn, this::hear);
            model = Thread.ofVirtual().name("model-" + order.claim()).start(call);
        }
    }

    /** Who goes on with an answer is if possible who began it. */
    private ModelChoice choiceNow() {
        if (!(order.task() instanceof Task.TakeOver)) {
            return choice;
        }
        lock.lock();
        try {
            StreamStart start = writer.written().start();
            return start == null
                    ? choice
                    : stage.providers()
                            .resume(order.turn().context(), order.turn().message(), start.metadata());
        } finally {
            lock.unlock();
        }
    }

    private void closeModel() {
        Thread reading = model;
        if (reading != null) {
            reading.interrupt();
        }
    }

    /** @return whether more is wanted */
    private boolean hear(Input input) {
        lock.lock();
        try {
            boolean wanted = writer.hear(input, stage.nanos().getAsLong());
            if (!(input instanceof Input.Said && writer.isHeldBack())) {
                changed.signalAll();
            }
            return wanted;
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
            if (!writer.wantsModel()) {
                closeModel();
            }
        } finally {
            lock.unlock();
        }
    }
}
