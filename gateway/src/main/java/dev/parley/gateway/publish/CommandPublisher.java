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
 * Brings commands to Kafka. {@code Producer.send} may block while brokers are away, so only this publisher's own thread calls it;
 * {@link #publish} never blocks, and every command gets exactly one {@link PublishResult} within a bounded time.
 */
public final class CommandPublisher implements AutoCloseable {

    private static final int METADATA_TRIES = 60;
    private static final Logger LOG = LoggerFactory.getLogger(CommandPublisher.class);
    private static final RateLimitedLog WARNINGS = RateLimitedLog.warnings(LOG);
    private static final long POLL_MS = 200;
    /** The user of the commands that probe whether the log can be appended to. */
    private static final UserId PROBE = new UserId("parley.probe");

    private final Producer<String, byte[]> producer;
    private final PublishSettings settings;
    private final AppendHealth health;
    private final BlockingQueue<Waiting> queue;
    private final Thread thread;
    private volatile int partitions;
    private volatile boolean closed;
    private volatile RequiredThreads requiredThreads = RequiredThreads.endingNothing();

    /** @param health is told what became of each command */
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
        } catch (Throwable e) { // an Error kills a thread, too
            cause = e;
        } finally {
            if (!closed) {
                requiredThreads.died("gateway-publisher", cause);
            }
        }
    }

    /**
     * The topics are there; until then every command is refused. Returns when the producer knows them, too, so that the first command
     * does not have to wait for that and be refused; or after a bounded time.
     */
    public void topicsReady(int partitionCount) {
        for (int tries = 0; tries < METADATA_TRIES && !knowsTopics(); tries++) {
            LOG.info(
                    "The producer has not reached the brokers yet; check spring.kafka.bootstrap-servers if this goes on");
        }
        this.partitions = partitionCount;
    }

    /** Blocks as long as a send may. */
    private boolean knowsTopics() {
        try {
            producer.partitionsFor(Topics.COMMANDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** @param then gets the outcome, on a thread of the publisher's or of the producer's: it must not block */
    public void publish(Command command, String traceparent, Consumer<PublishResult> then) {
        if (closed || partitions == 0 || !queue.offer(new Waiting(command, traceparent, then, System.nanoTime()))) {
            then.accept(unavailable());
        }
    }

    /**
     * Sends a record that nobody waits for; may block as long as a send may, so not on a socket's thread.
     *
     * @param lost called, on any thread, if it has perhaps not come into the log
     */
    public void tell(ProducerRecord<String, byte[]> record, Runnable lost) {
        if (partitions == 0) {
            lost.run();
            return;
        }
        try {
            producer.send(record, (_, failure) -> {
                if (failure != null) {
                    lost.run();
                }
            });
        } catch (RuntimeException e) {
            lost.run();
        }
    }

    /** How many commands wait to be handed to the producer. */
    public int queued() {
        return queue.size();
    }

    /**
     * Appends a command that changes nothing: a stop of a stream that nobody asked for. It tells no outcome to the health. Blocks as long as a
     * send may.
     */
    public CompletableFuture<?> probe(String gatewayId, Instant now) {
        CompletableFuture<RecordMetadata> done = new CompletableFuture<>();
        if (partitions == 0) {
            done.completeExceptionally(new TimeoutException("the topics are not known yet"));
            return done;
        }
        String id = "probe-" + UUID.randomUUID();
        var stop = new Command.StopGeneration(
                new MessageId(id), new SessionId(id), PROBE, now.truncatedTo(ChronoUnit.MILLIS), gatewayId);
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
            next.then().accept(unavailable());
            return;
        }
        try {
            producer.send(
                    CommandRecords.of(next.command(), partitions, next.traceparent()),
                    (record, failure) -> next.then().accept(failure == null ? acknowledged(record) : failed(failure)));
        } catch (RuntimeException e) {
            next.then().accept(failed(e));
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
                "the log did not take the request in time; the same message_id again is safe",
                settings.retryAfter().toMillis()));
    }

    /** Sends what waits, and waits for the brokers within their time-out. */
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

    private record Waiting(Command command, String traceparent, Consumer<PublishResult> then, long sinceNanos) {}
}
