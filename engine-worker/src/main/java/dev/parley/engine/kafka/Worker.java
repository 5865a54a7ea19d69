package dev.parley.engine.kafka;

import dev.parley.engine.desk.Desk;
import dev.parley.engine.desk.DeskObserver;
import dev.parley.engine.desk.DeskSettings;
import dev.parley.engine.run.Appender;
import dev.parley.engine.run.Order;
import dev.parley.engine.run.Stage;
import dev.parley.engine.run.StreamRun;
import dev.parley.engine.view.Decider;
import dev.parley.engine.view.LogView;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.schema.kafka.TopicSetup;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker: a tail on the log, a membership in the group, a producer, and the runs. Starting does not wait for Kafka; leaving
 * finishes what runs, within bounds, and hands over the rest.
 */
public final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration DESK_PATIENCE = Duration.ofSeconds(2);
    private static final Duration DRAIN_LOOK = Duration.ofMillis(20);

    private final Clients clients;
    private final Setup setup;
    private final Thread starter;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Parts parts;

    /**
     * What a worker is made of.
     *
     * @param stage given where its records go
     * @param horizon how far back a starting worker reads
     * @param maxUnfinished messages that may be known and not answered; then no more are read
     * @param tokens makes claim tokens, never the same one twice
     */
    public record Setup(
            String workerId,
            TopicSettings topics,
            DeskSettings desk,
            Decider decider,
            Function<Integer, LogView.Bounds> bounds,
            Function<Appender, Stage> stage,
            DeskObserver observer,
            Duration horizon,
            int maxUnfinished,
            Supplier<String> tokens,
            InstantSource clock,
            LongSupplier nanos) {}

    private record Parts(
            Producer<String, byte[]> producer,
            Tail tail,
            Thread tailThread,
            Membership membership,
            Thread membershipThread,
            Desk desk) {}

    public Worker(Clients clients, Setup setup) {
        this.clients = clients;
        this.setup = setup;
        this.starter = Thread.ofPlatform().daemon().name("engine-start").unstarted(this::startWhenKafkaIsThere);
    }

    /** Starts in the background. */
    public void start() {
        starter.start();
    }

    /** Whether it knows the log up to its own start, and so answers messages. */
    public boolean isReady() {
        Parts running = parts;
        return running != null && running.tail().isCaughtUp();
    }

    /** Whether the thread that everything depends on lives, or has not been needed yet. */
    public boolean isAlive() {
        Parts running = parts;
        return running == null ? starter.isAlive() : running.tailThread().isAlive();
    }

    public int runningStreams() {
        Parts running = parts;
        return running == null ? 0 : running.tail().load().running();
    }

    public int waitingStreams() {
        Parts running = parts;
        return running == null ? 0 : running.tail().load().waiting();
    }

    /**
     * Leaves: takes no more messages, finishes what runs, and gives up what is not done by then. Stops are honoured until the end.
     *
     * @param drainTimeout how long to finish
     */
    public void close(Duration drainTimeout) throws InterruptedException {
        Parts running = shut();
        if (running == null) {
            return;
        }
        running.membership().leave();
        onDesk(running, Desk::drain);
        if (!awaitIdle(running, drainTimeout)) {
            LOG.info("{} streams are handed over", running.tail().load().running());
            onDesk(running, desk -> desk.release("shutdown"));
            awaitIdle(running, clients.lease());
        }
        running.membershipThread().join(clients.lease());
        kill(running);
    }

    /** Stops as a crash would: nothing is finished or handed over. */
    void crash() throws InterruptedException {
        Parts running = shut();
        if (running != null) {
            running.producer().close(Duration.ZERO);
            running.membership().abandon();
            kill(running);
        }
    }

    /** What is to be closed, once. */
    private @Nullable Parts shut() throws InterruptedException {
        closed.countDown();
        starter.interrupt();
        starter.join();
        Parts running = parts;
        parts = null;
        return running;
    }

    private static void kill(Parts running) throws InterruptedException {
        running.tail().close();
        running.tailThread().join();
        running.producer().close(Duration.ZERO);
    }

    private static void onDesk(Parts running, Consumer<Desk> message) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        running.tail().post(() -> {
            message.accept(running.desk());
            done.countDown();
        });
        if (!done.await(DESK_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("the tail does not answer");
        }
    }

    private static boolean awaitIdle(Parts running, Duration bound) throws InterruptedException {
        long deadline = System.nanoTime() + bound.toNanos();
        while (running.tail().load().running() > 0) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            Thread.sleep(DRAIN_LOOK);
        }
        return true;
    }

    private void startWhenKafkaIsThere() {
        try {
            int partitions = ensureTopics();
            startParts(partitions);
        } catch (InterruptedException e) {
            LOG.info("closed before Kafka was there");
        }
    }

    private int ensureTopics() throws InterruptedException {
        while (true) {
            try (Admin admin = clients.admin()) {
                return TopicSetup.ensure(admin, setup.topics(), ADMIN_TIMEOUT);
            } catch (TimeoutException | KafkaException | IllegalStateException e) {
                LOG.warn("the topics are not there yet, trying again: {}", e.toString());
            }
            if (closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new InterruptedException();
            }
        }
    }

    private void startParts(int partitions) {
        Producer<String, byte[]> producer = clients.producer();
        KafkaAppender appender = new KafkaAppender(producer, setup.workerId());
        Shell shell = new Shell(appender, setup.stage().apply(appender));
        Desk desk = new Desk(
                setup.workerId(),
                setup.desk(),
                setup.decider(),
                setup.bounds().apply(partitions),
                shell,
                setup.observer(),
                setup.tokens());
        Tail tail = new Tail(
                clients.tail(), partitions, setup.horizon(), setup.maxUnfinished(), desk, setup.clock(), setup.nanos());
        shell.connect(tail, desk);
        Membership membership = new Membership(clients::member, new Membership.Owner() {
            @Override
            public void owns(Map<Integer, Long> committed) {
                tail.post(() -> desk.owns(committed));
            }

            @Override
            public Map<Integer, Long> done() {
                return tail.done();
            }
        });
        Thread tailThread = Thread.ofPlatform().name("engine-tail").start(tail);
        Thread membershipThread = Thread.ofPlatform().name("engine-member").start(membership);
        parts = new Parts(producer, tail, tailThread, membership, membershipThread, desk);
        LOG.info("worker {} reads {} partitions", setup.workerId(), partitions);
    }

    /** Starts what the desk wants started. */
    private final class Shell implements Desk.Outbox {
        private final KafkaAppender appender;
        private final Stage stage;
        private @Nullable Tail tail;
        private @Nullable Desk desk;

        Shell(KafkaAppender appender, Stage stage) {
            this.appender = appender;
            this.stage = stage;
        }

        void connect(Tail newTail, Desk newDesk) {
            tail = newTail;
            desk = newDesk;
        }

        @Override
        public StreamRun start(Order order) {
            StreamRun run = new StreamRun(order, stage, done -> onDesk(it -> it.ended(done)));
            Thread.ofVirtual().name("stream-" + order.claim()).start(run);
            return run;
        }

        @Override
        public void delete(int partition, SessionKey session) {
            appender.deletion(partition, session).whenComplete((_, failure) -> {
                if (failure != null) {
                    onDesk(it -> it.deletionFailed(partition, session));
                }
            });
        }

        @Override
        public void deadLetter(ConsumerRecord<String, byte[]> record, String reason) {
            LOG.warn("command {}@{} cannot be read: {}", record.partition(), record.offset(), reason);
            appender.deadLetter(record, reason).whenComplete((_, failure) -> {
                if (failure == null) {
                    onDesk(it -> it.deadLetterKept(record.partition(), record.offset()));
                } else {
                    LOG.error("command {}@{} was not kept", record.partition(), record.offset(), failure);
                    onDesk(it -> it.deadLetterFailed(record.partition(), record.offset(), reason));
                }
            });
        }

        private void onDesk(Consumer<Desk> message) {
            Tail to = tail;
            Desk at = desk;
            if (to != null && at != null) {
                to.post(() -> message.accept(at));
            }
        }
    }
}
