package dev.parley.prompt.assembly;

import dev.parley.service.logging.RateLimitedLog;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/**
 * Asks what may fail or be slow, and does without after a while. After a failure, or some late answers in a row, nobody asks for some
 * time, so that an outage costs a few waits and not one a stream.
 */
final class TimeBudget {
    private static final RateLimitedLog LOG = RateLimitedLog.warnings(LoggerFactory.getLogger(TimeBudget.class));

    private final String name;
    private final Duration budget;
    private final int patience;
    private final Duration pause;
    private final LongSupplier nanos;
    private final AtomicLong askAgainAt;
    /** Late answers since the last one that came in time; of those that were late together, one. */
    private int late;

    private long lateAt;

    /**
     * @param patience so many late answers in a row count as a failure
     * @param pause how long nobody asks after a failure
     */
    TimeBudget(String name, Duration budget, int patience, Duration pause, LongSupplier nanos) {
        this.name = name;
        this.budget = budget;
        this.patience = patience;
        this.pause = pause;
        this.nanos = nanos;
        this.askAgainAt = new AtomicLong(nanos.getAsLong());
        this.lateAt = nanos.getAsLong();
    }

    /** The answer, or nothing if it failed or was late. */
    <T> Optional<T> ask(Callable<T> asked) throws InterruptedException {
        try (Question<T> question = start(asked)) {
            return question.await();
        }
    }

    /** Asks at once, on a thread of its own; the budget begins now. */
    <T> Question<T> start(Callable<T> asked) {
        Question<T> question = new Question<>(asked);
        if (nanos.getAsLong() - askAgainAt.get() < 0) {
            question.close();
        } else {
            Thread.ofVirtual().name(name).start(question.task);
        }
        return question;
    }

    private synchronized void cameInTime() {
        late = 0;
    }

    /** @return whether that was one too many */
    private synchronized boolean wasLate(long askedAt) {
        if (late == 0 || askedAt - lateAt >= 0) {
            late++;
            lateAt = nanos.getAsLong();
        }
        return late >= patience;
    }

    /** Something asked. Closing it gives it up. */
    final class Question<T> implements AutoCloseable {
        private final FutureTask<T> task;
        private final long deadline = nanos.getAsLong() + budget.toNanos();

        private Question(Callable<T> asked) {
            this.task = new FutureTask<>(asked);
        }

        String name() {
            return name;
        }

        /** The answer, or nothing if it failed, was given up, or does not come within the budget. */
        Optional<T> await() throws InterruptedException {
            try {
                T answer = task.get(deadline - nanos.getAsLong(), TimeUnit.NANOSECONDS);
                cameInTime();
                return Optional.of(answer);
            } catch (CancellationException e) {
                return Optional.empty();
            } catch (TimeoutException e) {
                LOG.log(name + " late", "The prompt goes without {}: no answer within {} ms", name, budget.toMillis());
                if (!wasLate(deadline - budget.toNanos())) {
                    return Optional.empty();
                }
            } catch (ExecutionException e) {
                LOG.log(name + " failed", "The prompt goes without {}: {}", name, String.valueOf(e.getCause()));
            } finally {
                task.cancel(true);
            }
            askAgainAt.set(nanos.getAsLong() + pause.toNanos());
            return Optional.empty();
        }

        /** Whether it is known that there will be no answer. */
        boolean isLeftOut() {
            return switch (task.state()) {
                case RUNNING, SUCCESS -> false;
                case FAILED, CANCELLED -> true;
            };
        }

        @Override
        public void close() {
            task.cancel(true);
        }
    }
}
