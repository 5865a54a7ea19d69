package dev.parley.engine.writer;

import dev.parley.engine.stream.ActiveStream;
import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Input;
import dev.parley.engine.stream.StreamAddress;
import dev.parley.engine.stream.StreamTask;
import dev.parley.engine.stream.StreamWriterState;
import dev.parley.engine.stream.WriterStep;
import dev.parley.engine.stream.Written;
import dev.parley.schema.event.StopReason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one stream under one claim: this thread does what {@link StreamWriterState} says, another reads the model. Neither waits for the
 * other, and no append waits for the one before it to be acknowledged; only the end waits for all of them.
 */
public final class StreamWriter implements ActiveStream, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamWriter.class);

    private final StreamTask task;
    private final WriterContext context;
    private final Consumer<StreamWriter> whenEnded;
    private final StreamModel model;
    private final StreamAddress address;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final StreamWriterState writer; // guarded by lock
    private final StreamObservation observation; // guarded by lock

    private volatile boolean claimUncertain;
    private volatile long lastOffset = NOTHING_WRITTEN; // changed under the lock

    /** @param whenEnded called on the writing thread after the last record */
    public StreamWriter(StreamTask task, WriterContext context, Consumer<StreamWriter> whenEnded) {
        this.task = task;
        this.context = context;
        this.whenEnded = whenEnded;
        this.observation = new StreamObservation(task, context, now());
        this.address = task.address().under(observation.traceparent());
        this.model = new StreamModel(task, context);
        this.writer = new StreamWriterState(
                task,
                task.action() instanceof Decision.TakeOver ? null : model.start(),
                context.settings(),
                context.limits(),
                context.workerId(),
                now());
    }

    private long now() {
        return context.nanos().getAsLong();
    }

    @Override
    public StreamTask task() {
        return task;
    }

    @Override
    public boolean claimUncertain() {
        return claimUncertain;
    }

    @Override
    public long lastOffset() {
        return lastOffset;
    }

    @Override
    public void stop(StopReason reason) {
        locked(() -> {
            observation.stopAsked(now());
            writer.stop(reason);
        });
    }

    @Override
    public void claimConfirmed(Written written, long elapsedMs) {
        locked(() -> writer.claimConfirmed(written, elapsedMs, now()));
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
            if (task.action().asksModel()) {
                model.prepare(observation.traceparent(), this::receive);
            }
            write();
            observeEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error(
                    "Unexpected error while writing under claim {}; the stream is taken over after a lease",
                    task.claim(),
                    e);
        } finally {
            model.close();
            observation.close();
            whenEnded.accept(this);
        }
    }

    private void write() throws InterruptedException {
        while (true) {
            switch (awaitStep()) {
                case WriterStep.AppendEvent append ->
                    whenKnown(append, context.appender().event(address, task.claim(), append.event()));
                case WriterStep.AppendControl append ->
                    whenKnown(append, context.appender().control(address, task.claim(), append.n(), append.control()));
                case WriterStep.AskModel(String answerSoFar) -> askModel(answerSoFar);
                case WriterStep.Rest _ -> {}
                case WriterStep.Done _ -> {
                    return;
                }
            }
        }
    }

    private WriterStep awaitStep() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                long now = now();
                WriterStep step = writer.next(now, context.clock().instant());
                if (!writer.wantsModel()) {
                    model.close(); // before the end is written
                }
                if (!(step instanceof WriterStep.Rest(long until))) {
                    return step;
                }
                long unused = changed.awaitNanos(until - now);
            }
        } finally {
            lock.unlock();
        }
    }

    private void askModel(String answerSoFar) {
        lock.lock();
        try {
            model.ask(answerSoFar, writer.written().start());
        } finally {
            lock.unlock();
        }
    }

    private void whenKnown(WriterStep append, CompletableFuture<Long> known) {
        var _ = known.whenComplete((offset, failure) -> {
            if (failure == null) {
                appended(append, offset);
            } else {
                LOG.warn(
                        "Whether a record of claim {} reached the log is unknown; its stream goes on under another claim",
                        task.claim(),
                        failure);
                locked(writer::failed);
            }
        });
    }

    /** On the producer's thread. The writing thread is not woken where there is nothing to do for it. */
    private void appended(WriterStep append, long offset) {
        lock.lock();
        try {
            long now = now();
            lastOffset = Math.max(lastOffset, offset);
            observation.appended(append, writer.provider(), now);
            if (writer.appended(append, now)) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void observeEnd() {
        lock.lock();
        try {
            claimUncertain = writer.isClaimUncertain();
            observation.ended(writer);
        } finally {
            lock.unlock();
        }
    }

    /** Called on the model's thread. @return whether more is wanted */
    private boolean receive(Input input) {
        lock.lock();
        try {
            boolean wanted = writer.receive(input, now());
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
                model.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
