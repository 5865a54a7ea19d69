package dev.parley.engine.writer;

import dev.parley.engine.stream.ActiveStream;
import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.engine.stream.Input;
import dev.parley.engine.stream.StreamAddress;
import dev.parley.engine.stream.StreamTask;
import dev.parley.engine.stream.StreamWriterState;
import dev.parley.engine.stream.StreamWriterState.Step;
import dev.parley.engine.stream.Written;
import dev.parley.providers.ModelChoice;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;
import dev.parley.service.trace.Traces;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one claim: this one does what {@link StreamWriterState} says, another reads the model. The model is never waited on by
 * the log, nor the log by the model; and no thread waits for an acknowledgement, but at the end for all of them.
 */
public final class StreamWriter implements ActiveStream, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamWriter.class);

    private final StreamTask task;
    private final WriterContext context;
    private final Consumer<StreamWriter> whenDone;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final StreamWriterState writer; // guarded by lock
    private final ModelChoice choice;
    /** Is told whom to ask when the model may be asked. */
    private final CompletableFuture<ModelCall.Question> goOn = new CompletableFuture<>();

    private final Traces.Step step;
    private final StreamAddress address;

    private volatile @Nullable Thread model;
    private volatile @Nullable Long stoppedAt;
    private volatile boolean spent;
    private volatile long lastOffset = NOTHING_WRITTEN; // changed under the lock
    private long lastAppendAt; // guarded by lock
    private @Nullable Long lastChunkAt; // guarded by lock

    /** @param whenDone called on the writing thread after the last record */
    public StreamWriter(StreamTask task, WriterContext context, Consumer<StreamWriter> whenDone) {
        this.task = task;
        this.context = context;
        this.whenDone = whenDone;
        this.step = context.traces()
                .begin("stream", Traces.Kind.CONSUMER, task.address().traceparent())
                .with("parley.attempt", String.valueOf(task.claim().attempt()));
        this.address = task.address().under(step.traceparent());
        this.choice =
                context.providers().choose(task.turn().context(), task.turn().message());
        this.writer = new StreamWriterState(
                task,
                task.action() instanceof Decision.TakeOver ? null : start(context, choice),
                context.settings(),
                context.limits(),
                context.workerId(),
                context.nanos().getAsLong());
        if (isToBeStopped(task.action())) {
            stoppedAt = context.nanos().getAsLong();
        }
    }

    private static boolean isToBeStopped(Decision.Action action) {
        return switch (action) {
            case Decision.Stop _ -> true;
            case Decision.TakeOver(Purpose purpose) -> purpose instanceof Purpose.Stop;
            case Decision.Start _, Decision.Reject _ -> false;
        };
    }

    private static Input.Started start(WriterContext context, ModelChoice choice) {
        return new Input.Started(
                context.ids().get(),
                new StartMetadata(choice.provider().name(), choice.model(), choice.category(), null));
    }

    @Override
    public StreamTask task() {
        return task;
    }

    @Override
    public boolean claimUncertain() {
        return spent;
    }

    @Override
    public long lastOffset() {
        return lastOffset;
    }

    @Override
    public void stop(StopReason reason) {
        if (stoppedAt == null) {
            stoppedAt = context.nanos().getAsLong();
        }
        locked(() -> writer.stop(reason));
    }

    @Override
    public void claimConfirmed(Written written, long elapsedMs) {
        locked(() -> writer.claimConfirmed(written, elapsedMs, context.nanos().getAsLong()));
    }

    @Override
    public void claimSuperseded() {
        locked(writer::claimSuperseded);
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
            LOG.error("writing under claim {} failed", task.claim(), e);
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
                    whenKnown(append, context.appender().event(address, task.claim(), append.event()));
                case Step.AppendControl append ->
                    whenKnown(append, context.appender().control(address, task.claim(), append.n(), append.control()));
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
                long now = context.nanos().getAsLong();
                Step step = writer.next(now, context.clock().instant());
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
                LOG.warn("a record of claim {} has an unknown fate, its stream is left", task.claim(), failure);
                locked(writer::failed);
            }
        });
    }

    /** On the producer's thread. This run's own is not woken for what gives it nothing to do. */
    private void appended(Step append, long offset) {
        lock.lock();
        try {
            lastOffset = Math.max(lastOffset, offset);
            lastAppendAt = context.nanos().getAsLong();
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
                context.observer().chunkGap(writer.provider(), Duration.ofNanos(lastAppendAt - before));
            }
            lastChunkAt = lastAppendAt;
        }
    }

    /** After the last record. */
    private void observeEnd() {
        lock.lock();
        try {
            spent = writer.isClaimUncertain();
            if (spent) {
                step.failed("unknown fate");
            }
            if (!writer.hasEnded()) {
                return;
            }
            context.observer().ended(writer.written(), writer.provider());
            tellOutcome(writer.written().end());
            Long since = stoppedAt;
            if (since != null) {
                context.observer().stopped(Duration.ofNanos(lastAppendAt - since));
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
        if (task.action().asksModel()) {
            ModelCall call = new ModelCall(task, context, step.traceparent(), goOn, this::receive);
            model = Thread.ofVirtual().name("model-" + task.claim()).start(call);
        }
    }

    /** Who goes on with an answer is if possible who began it. */
    private ModelChoice choiceNow() {
        if (!(task.action() instanceof Decision.TakeOver)) {
            return choice;
        }
        lock.lock();
        try {
            StreamStart start = writer.written().start();
            return start == null
                    ? choice
                    : context.providers()
                            .resume(task.turn().context(), task.turn().message(), start.metadata());
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
    private boolean receive(Input input) {
        lock.lock();
        try {
            boolean wanted = writer.receive(input, context.nanos().getAsLong());
            if (!(input instanceof Input.Generated && writer.isHeldBack())) {
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
