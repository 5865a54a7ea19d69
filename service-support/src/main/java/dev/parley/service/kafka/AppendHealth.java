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
 * Whether a process can append to a topic, derived from the results of its appends. It cannot after {@value #FAILURES} consecutive failures
 * over at least {@link #FAILING_FOR}, and it can again after one success. Failures that concern one record only, such as its size, do not
 * count. A process that can append to some partitions counts as able to append.
 *
 * <p>Between the first failure and the next success {@link #isProbeDue} asks for appends without effect, so that the state also changes while
 * there is no other load. Thread-safe.
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

    /** Called at each change, in order. Must not block. */
    public interface Listener {
        void canAppend(boolean able);
    }

    /** @param nanos a monotonic clock */
    public AppendHealth(String topic, LongSupplier nanos, Listener listener) {
        this.topic = topic;
        this.nanos = nanos;
        this.listener = listener;
    }

    /** To be called when the brokers have acknowledged a record. */
    public synchronized void succeeded() {
        failures = 0;
        if (reason != null) {
            reason = null;
            LOG.info("Appends to topic {} succeed again; this process is ready", topic);
            listener.canAppend(true);
        }
    }

    /** To be called when a record was not acknowledged. */
    public synchronized void failed(Throwable failure) {
        Throwable cause = causeOf(failure);
        if (concernsOneRecord(cause)) {
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
            LOG.warn("Appends to topic {} fail; this process is not ready until one succeeds: {}", topic, why);
            listener.canAppend(false);
        }
    }

    /** Why this process cannot append; empty if no failure is known. */
    public synchronized Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /** Whether the last append failed and the next one is due. */
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

    private static boolean concernsOneRecord(Throwable failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof SerializationException
                || failure instanceof CancellationException;
    }

    private String describe(Throwable failure) {
        String remedy = switch (failure) {
            case AuthorizationException _ -> "grant this user WRITE on topic " + topic;
            case InvalidTimestampException _ ->
                "correct the clock of this machine, or set message.timestamp.type=LogAppendTime on topic " + topic;
            case NotEnoughReplicasException _, NotEnoughReplicasAfterAppendException _ ->
                "start the brokers that are down: topic " + topic
                        + " has fewer replicas in sync than min.insync.replicas";
            case UnknownTopicOrPartitionException _ ->
                "topic " + topic + " does not exist: restart this process, or create the topic";
            case TimeoutException _ ->
                "no broker acknowledged a record in time: check the brokers, the network to them, and the"
                        + " in-sync replicas of topic " + topic;
            default -> "check the brokers' logs";
        };
        return failure.getClass().getSimpleName() + "; " + remedy;
    }
}
