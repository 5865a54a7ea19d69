package dev.parley.gateway.publish;

import dev.parley.gateway.settings.PublishSettings;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.Command;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.kafka.AppendHealth;
import dev.parley.service.logging.RateLimitedLog;
import dev.parley.service.startup.RequiredThreads;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes commands to Kafka. {@code Producer.send} may block while brokers do not answer, so only this publisher's own thread calls it:
 * {@link #publish} never blocks. Every command gets exactly one {@link PublishResult} within a bounded time.
 */
public final class CommandPublisher implements AutoCloseable {

    private static final int MAX_METADATA_TRIES = 60;
    private static final Logger LOG = LoggerFactory.getLogger(CommandPublisher.class);
    private static final RateLimitedLog WARNINGS = RateLimitedLog.warnings(LOG);
    private static final long POLL_MS = 200;
    /** The user of the commands of {@link #probe}. */
    private static final UserId PROBE_USER = new UserId("parley.probe");

    private final Producer<String, byte[]> producer;
    private final PublishSettings settings;
    private final AppendHealth health;
    private final BlockingQueue<Waiting> queue;
    private final Thread thread;
    private volatile int partitions;
    private volatile boolean closed;
    private volatile RequiredThreads requiredThreads = RequiredThreads.endingNothing();

    /** @param health is told whether each command was appended */
    public CommandPublisher(Producer<String, byte[]> producer, PublishSettings settings, AppendHealth health) {
        this.producer = producer;
        this.settings = settings;
        this.health = health;
        this.queue = new ArrayBlockingQueue<>(settings.maxQueued());
        this.thread = Thread.ofPlatform().name("gateway-publisher").daemon().start(this::runToItsEnd);
    }

    /** @param threads is told if this publisher ends before it is closed */
    public CommandPublisher neededBy(RequiredThreads threads) {
        requiredThreads = threads;
        return this;
    }

    private void runToItsEnd() {
        @Nullable Throwable cause = null;
        try {
            run();
        } catch (Throwable e) { // an Error ends the thread too
            cause = e;
        } finally {
            if (!closed) {
                requiredThreads.died("gateway-publisher", cause);
            }
        }
    }

    /**
     * The topics exist; until this is called every command is refused. Returns when the producer has their metadata, so that the first command
     * does not wait for it, or after a bounded time.
     */
    public void topicsReady(int partitionCount) {
        for (int tries = 0; tries < MAX_METADATA_TRIES && !knowsTopics(); tries++) {
            LOG.info(
                    "The producer has not reached the brokers yet; if this continues, check spring.kafka.bootstrap-servers");
        }
        this.partitions = partitionCount;
    }

    /** May block as long as a send. */
    private boolean knowsTopics() {
        try {
            producer.partitionsFor(Topics.COMMANDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** @param onResult called with the result on a thread of the publisher or the producer; must not block */
    public void publish(Command command, String traceparent, Consumer<PublishResult> onResult) {
        if (closed || partitions == 0 || !queue.offer(new Waiting(command, traceparent, onResult, System.nanoTime()))) {
            onResult.accept(unavailable());
        }
    }

    /**
     * Sends a record without waiting for the acknowledgement. May block as long as a send, so it must not be called on a socket's thread.
     *
     * @param onFailure called on any thread if the record may not be in the log
     */
    public void send(ProducerRecord<String, byte[]> record, Runnable onFailure) {
        if (partitions == 0) {
            onFailure.run();
            return;
        }
        try {
            producer.send(record, (_, failure) -> {
                if (failure != null) {
                    onFailure.run();
                }
            });
        } catch (RuntimeException e) {
            onFailure.run();
        }
    }

    /** How many commands wait to be handed to the producer. */
    public int queued() {
        return queue.size();
    }

    /**
     * Appends a command that changes nothing: a stop of a stream that does not exist. Its result is not reported to the health. May block as long as
     * a send.
     */
    public CompletableFuture<?> probe(String gatewayId, Instant now) {
        CompletableFuture<RecordMetadata> done = new CompletableFuture<>();
        if (partitions == 0) {
            done.completeExceptionally(new TimeoutException("the topics are not known yet"));
            return done;
        }
        String id = "probe-" + UUID.randomUUID();
        var stop = new Command.StopGeneration(
                new MessageId(id), new SessionId(id), PROBE_USER, now.truncatedTo(ChronoUnit.MILLIS), gatewayId);
        producer.send(CommandRecords.of(stop, partitions, null), (metadata, failure) -> {
            if (failure == null) {
                done.complete(metadata);
            } else {
                done.completeExceptionally(failure);
            }
        });
        return done;
    }

    private void run() {
        while (!closed || !queue.isEmpty()) {
            try {
                Waiting next = queue.poll(POLL_MS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    send(next);
                }
            } catch (InterruptedException e) {
                closed = true;
            } catch (RuntimeException e) {
                LOG.error("Unexpected error in a reply to a command; later commands are not affected", e);
            }
        }
    }

    private void send(Waiting next) {
        long waitedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - next.sinceNanos());
        if (waitedMs > settings.maxWait().toMillis()) {
            next.onResult().accept(unavailable());
            return;
        }
        try {
            producer.send(
                    CommandRecords.of(next.command(), partitions, next.traceparent()),
                    (record, failure) ->
                            next.onResult().accept(failure == null ? acknowledged(record) : failed(failure)));
        } catch (RuntimeException e) {
            next.onResult().accept(failed(e));
        }
    }

    private PublishResult acknowledged(RecordMetadata record) {
        health.succeeded();
        return new PublishResult.Acknowledged(record.partition(), record.offset());
    }

    private PublishResult failed(Exception failure) {
        health.failed(failure);
        WARNINGS.log(
                failure.getClass().getName(),
                "Kafka did not acknowledge a command: {}",
                failure.getClass().getSimpleName());
        return unavailable();
    }

    private PublishResult unavailable() {
        return new PublishResult.Unavailable(new Refusal(
                ErrorCode.UNAVAILABLE,
                "Kafka did not acknowledge the request in time; it is safe to send it again with the same message_id",
                settings.retryAfter().toMillis()));
    }

    /** Sends the commands that wait, and waits for the acknowledgements within their time-out. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(settings.maxWait().plus(settings.maxBlock()).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(settings.deliveryTimeout());
    }

    private record Waiting(Command command, String traceparent, Consumer<PublishResult> onResult, long sinceNanos) {}
}
