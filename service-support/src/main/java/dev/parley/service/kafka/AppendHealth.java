package dev.parley.service.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a process can append to a topic, judged by the outcomes of its appends: it cannot once {@value #FAILURES} in a row have failed over
 * at least {@link #FAILING_FOR}, and it can again after one success. A single failure does not count, and neither does silence. What is wrong
 * with one record alone, such as its size, says nothing. A process that can append to some partitions can append.
 *
 * <p>Between the first failure and the next success {@link #isProbeDue} asks for appends that change nothing, so that the answer comes also
 * where nobody asks the process for anything. Thread-safe.
 */
public final class AppendHealth {

    static final int FAILURES = 3;
    static final Duration FAILING_FOR = Duration.ofSeconds(3);
    static final Duration PROBE_EVERY = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(AppendHealth.class);

    private final String topic;
    private final LongSupplier nanos;
    private final Listener listener;

    // guarded by this
    private int failures;
    private long failingSince;
    private long lastOutcomeAt;
    private @Nullable String reason;

    /** Is told of each change, in order. Must not block. */
    public interface Listener {
        void canAppend(boolean able);
    }

    /** @param nanos a clock that does not jump */
    public AppendHealth(String topic, LongSupplier nanos, Listener listener) {
        this.topic = topic;
        this.nanos = nanos;
        this.listener = listener;
    }

    /** The brokers have acknowledged a record. */
    public synchronized void succeeded() {
        failures = 0;
        if (reason != null) {
            reason = null;
            LOG.info("Appends to {} work again", topic);
            listener.canAppend(true);
        }
    }

    /** A record was not acknowledged. */
    public synchronized void failed(Throwable failure) {
        Throwable cause = causeOf(failure);
        if (isOfOneRecord(cause)) {
            return;
        }
        long now = nanos.getAsLong();
        lastOutcomeAt = now;
        if (failures++ == 0) {
            failingSince = now;
        }
        if (reason == null && failures >= FAILURES && now - failingSince >= FAILING_FOR.toNanos()) {
            String why = describe(cause);
            reason = why;
            LOG.warn("Appends to {} fail, and this process is not ready until one succeeds: {}", topic, why);
            listener.canAppend(false);
        }
    }

    /** Why this process cannot append; empty if it can, as far as is known. */
    public synchronized Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /** Whether the last append failed, and another is to be tried now. */
    public synchronized boolean isProbeDue() {
        return failures > 0 && nanos.getAsLong() - lastOutcomeAt >= PROBE_EVERY.toNanos();
    }

    private static Throwable causeOf(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static boolean isOfOneRecord(Throwable failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof SerializationException
                || failure instanceof CancellationException;
    }

    private String describe(Throwable failure) {
        String remedy = switch (failure) {
            case AuthorizationException _ -> "allow this user WRITE on topic " + topic;
            case InvalidTimestampException _ ->
                "set the clock of this machine, or message.timestamp.type=LogAppendTime on topic " + topic;
            case NotEnoughReplicasException _, NotEnoughReplicasAfterAppendException _ ->
                "start the brokers that are down: fewer replicas are in sync than min.insync.replicas of topic "
                        + topic;
            case UnknownTopicOrPartitionException _ -> "topic " + topic + " is not there: restart, or create it";
            case TimeoutException _ ->
                "no broker acknowledged a record in time: look at the brokers, at the network to them, and at"
                        + " the replicas in sync of topic " + topic;
            default -> "look at the brokers' logs";
        };
        return failure.getClass().getSimpleName() + "; " + remedy;
    }
}
