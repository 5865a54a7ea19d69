package dev.parley.engine.kafka;

import dev.parley.engine.coordinator.Coordinator;
import dev.parley.engine.coordinator.CoordinatorObserver;
import dev.parley.engine.coordinator.CoordinatorSettings;
import dev.parley.engine.coordinator.StoreAnswer;
import dev.parley.engine.metrics.WorkerLoad;
import dev.parley.engine.state.CommandRecord;
import dev.parley.engine.state.Decider;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.stream.StreamTask;
import dev.parley.engine.writer.Appender;
import dev.parley.engine.writer.Archive;
import dev.parley.engine.writer.StreamWriter;
import dev.parley.engine.writer.WriterContext;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.schema.kafka.TopicSetup;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.repeats.IdHash;
import dev.parley.service.kafka.AppendHealth;
import dev.parley.service.kafka.AppendProbe;
import dev.parley.service.kafka.BrokerClock;
import dev.parley.service.kafka.ProjectionProgress;
import dev.parley.service.kafka.ReadHealth;
import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import dev.parley.service.logging.RateLimitedLog;
import dev.parley.service.startup.RequiredThreads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker: readers of the log, a coordinator that decides, a membership in the group, a producer, and the runs. Starting does not wait for Kafka; leaving
 * finishes what runs, within bounds, and hands over the rest.
 */
public final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final TakeoverLog TAKEOVERS = new TakeoverLog(RateLimitedLog.warnings(LOG));
    /** Shown by standalone, too, which shows little else. */
    private static final Logger SHUTDOWN = LoggerFactory.getLogger("dev.parley.shutdown");

    private static final RateLimitedLog LATE = RateLimitedLog.warnings(LOG);
    private static final Duration STORE_NEEDED = Duration.ofMinutes(1);
    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration PROGRESS_EVERY = Duration.ofMillis(500);
    private static final Duration LEAVE_PATIENCE = Duration.ofSeconds(1);
    private static final Duration DESK_PATIENCE = Duration.ofSeconds(2);
    /** A broker may be busy for a moment; that leaves enough of a lease to tell a silent worker from an unreachable one. */
    private static final int SILENCES_A_LEASE = 3;

    /** So long no broker may answer, or reading may fail, before this worker is not ready. */
    private static final Duration READ_BOUND = Duration.ofSeconds(10);

    private static final Duration DRAIN_LOOK = Duration.ofMillis(20);

    private final WorkerKafka clients;
    private final Setup setup;
    private final RequiredThreads required;
    private final Thread starter;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Parts parts;

    /**
     * What a worker is made of.
     *
     * @param context given where its records go
     * @param tail which partitions are read
     * @param horizon how far back a starting worker reads
     * @param bounds of what may be known and not answered; then no more messages are read
     * @param projection tells how far the projection is
     * @param tokens makes claim tokens, never the same one twice
     * @param clock is told of what is read as it comes
     */
    public record Setup(
            String workerId,
            TopicSettings topics,
            IntFunction<CoordinatorSettings> coordinator,
            Decider decider,
            Function<Appender, WriterContext> context,
            CoordinatorObserver observer,
            Tail tail,
            Duration horizon,
            Bounds bounds,
            Function<WorkerKafka, ProjectionProgress.Source> projection,
            Supplier<String> tokens,
            BrokerClock clock,
            LongSupplier nanos) {}

    /**
     * Past either of these no more commands are read.
     *
     * @param unfinished messages that are known and not answered
     * @param unfinishedChars their text, in UTF-16 units
     */
    public record Bounds(int unfinished, long unfinishedChars) {}

    /** What a worker reads of the log. */
    public enum Tail {
        /** All partitions. */
        ALL,
        /** Those that the group gives to this worker, and those of which it is the first standby. */
        OWN
    }

    private record Parts(
            Producer<String, byte[]> producer,
            DeadLetterPublisher deadLetters,
            CoordinatorLoop coordinator,
            List<LogReader> readers,
            AppendHealth appends,
            AppendProbe probe,
            Thread assignment,
            PastCommandReader past,
            ProjectionProgress progress,
            CheckpointReader checkpointReader,
            CheckpointWriter checkpointWriter,
            GroupMembership membership,
            Thread membershipThread,
            List<Thread> threads) {}

    public Worker(WorkerKafka clients, Setup setup) {
        this(clients, setup, RequiredThreads.endingNothing());
    }

    /** @param required is told when a thread dies without which the worker is of no use */
    public Worker(WorkerKafka clients, Setup setup, RequiredThreads required) {
        this.clients = clients;
        this.setup = setup;
        this.required = required;
        this.starter = Thread.ofPlatform()
                .daemon()
                .name("engine-start")
                .unstarted(required("engine-start", this::startWhenKafkaIsThere, () -> parts != null || isClosed()));
    }

    private Runnable required(String name, Runnable work, BooleanSupplier mayEnd) {
        return required.required(name, work, mayEnd);
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Starts in the background. */
    public void start() {
        starter.start();
    }

    /** Whether it knows the log up to its own start, and so answers messages. */
    public boolean isReady() {
        Parts running = parts;
        return running != null && running.coordinator().status().caughtUp();
    }

    /** Why it can do nothing now: it cannot append to the log, or not read it. Empty if it can, as far as is known. */
    public Optional<String> trouble() {
        Parts running = parts;
        if (running == null) {
            return Optional.empty();
        }
        return running.appends()
                .reason()
                .or(() -> running.readers().stream()
                        .flatMap(reader -> reader.trouble().stream())
                        .findFirst());
    }

    /** While it cannot append it starts and takes over nothing: others do. */
    private void canAppend(boolean able) {
        Parts running = parts;
        if (running != null) {
            running.coordinator().execute(coordinator -> coordinator.canAppend(able));
        }
    }

    private ReadHealth readHealth(String topic) {
        return new ReadHealth(topic, READ_BOUND, setup.nanos());
    }

    /** How many partitions it reads, for itself and as a standby. */
    public int readPartitions() {
        Parts running = parts;
        return running == null ? 0 : running.coordinator().assigned().size();
    }

    /** Whether the threads that everything depends on live and get on, or have not been needed yet. If not, only a restart helps. */
    public boolean isAlive() {
        Parts running = parts;
        return running == null
                ? starter.isAlive()
                : running.threads().stream().allMatch(Thread::isAlive)
                        && !running.coordinator().isStuck();
    }

    /** How much there was to do a moment ago. */
    public WorkerLoad load() {
        Parts running = parts;
        return running == null ? WorkerLoad.NONE : running.coordinator().load();
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
        if (running.threads().stream().anyMatch(thread -> !thread.isAlive())) {
            LOG.error("The worker leaves without finishing what runs, because a thread that it needs has ended");
            running.producer().close(Duration.ZERO);
            running.membership().abandon();
            kill(running);
            return;
        }
        running.coordinator().execute(Coordinator::drain);
        running.checkpointWriter()
                .leave(onCoordinator(running, Coordinator::owned).orElse(Set.of()), LEAVE_PATIENCE);
        running.membership().leave();
        int unfinished = onCoordinator(running, Coordinator::running).orElse(0);
        if (unfinished > 0) {
            SHUTDOWN.info(
                    "Shutdown waits for {} running answer(s), {} s at most (parley.engine.drain-timeout). An answer that is longer goes on at"
                            + " another worker, or here after the next start.",
                    unfinished,
                    drainTimeout.toSeconds());
        }
        int left = awaitIdle(running, drainTimeout);
        if (left > 0) {
            SHUTDOWN.info("Shutdown hands over {} answer(s) that did not end in time", left);
            running.coordinator().execute(coordinator -> coordinator.release("shutdown"));
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
        running.probe().close();
        running.assignment().interrupt();
        running.assignment().join();
        running.readers().forEach(LogReader::close);
        running.past().close();
        running.progress().close();
        running.checkpointReader().close();
        running.checkpointWriter().close();
        running.coordinator().close();
        for (Thread thread : running.threads()) {
            thread.join();
        }
        running.producer().close(Duration.ZERO);
        running.deadLetters().close();
    }

    /** What the coordinator's thread finds, or nothing if it does not answer. */
    private static <T> Optional<T> onCoordinator(Parts running, Function<Coordinator, T> question)
            throws InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        running.coordinator().execute(coordinator -> answer.complete(question.apply(coordinator)));
        try {
            return Optional.of(answer.get(DESK_PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the coordinator does not answer");
            return Optional.empty();
        }
    }

    /** Asks the coordinator itself: its status is of a moment ago. One that does not answer may have any. @return how many streams still run */
    private static int awaitIdle(Parts running, Duration bound) throws InterruptedException {
        long deadline = System.nanoTime() + bound.toNanos();
        while (true) {
            int left = onCoordinator(running, Coordinator::running)
                    .orElseGet(() -> Math.max(1, running.coordinator().status().running()));
            if (left == 0 || System.nanoTime() - deadline > 0) {
                return left;
            }
            Thread.sleep(DRAIN_LOOK);
        }
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

    private void startParts(int partitions) throws InterruptedException {
        Producer<String, byte[]> producer = clients.producer();
        AppendHealth health = new AppendHealth(Topics.EVENTS, setup.nanos(), this::canAppend);
        KafkaAppender appender = new KafkaAppender(producer, setup.workerId(), health);
        DeadLetterPublisher deadLetters = clients.deadLetters();
        Shell shell = new Shell(appender, deadLetters, setup.context().apply(appender));
        ProjectionProgress progress = new ProjectionProgress(
                        setup.projection().apply(clients), PROGRESS_EVERY, shell::needsStore)
                .neededBy(required);
        progress.start();
        IdHash hash = new IdHash();
        Coordinator core = new Coordinator(
                setup.coordinator().apply(partitions), setup.decider(), hash, shell, setup.observer(), setup.tokens());
        CoordinatorLoop coordinator = new CoordinatorLoop(core, setup.bounds(), setup.nanos());
        shell.connect(coordinator, progress);
        CheckpointReader checkpointReader = new CheckpointReader(
                clients.checkpointTail(),
                setup.workerId(),
                (partition, leftBy) -> coordinator.execute(
                        it -> it.ownerLeft(partition, leftBy, setup.nanos().getAsLong())));
        readCheckpoints(checkpointReader);
        Consumer<String, byte[]> commands = clients.commandTail();
        LogReader commandReader = new LogReader(
                commands,
                Topics.COMMANDS,
                new CommandListener(commands, coordinator),
                readHealth(Topics.COMMANDS),
                setup.clock());
        Consumer<String, byte[]> events = clients.eventTail();
        LogReader eventReader = new LogReader(
                events,
                Topics.EVENTS,
                new EventListener(events, coordinator, clients.lease().dividedBy(SILENCES_A_LEASE), setup.nanos()),
                readHealth(Topics.EVENTS),
                setup.clock());
        PastCommandReader past = new PastCommandReader(clients.pastCommands(), hash, coordinator::execute);
        Assignment assignment = new Assignment(
                scope(partitions), survey(checkpointReader), List.of(commandReader, eventReader), past, coordinator);
        CheckpointWriter checkpointWriter = new CheckpointWriter(
                setup.workerId(),
                () -> coordinator.status().checkpoints(),
                checkpointReader::newest,
                appender::checkpoint);
        GroupMembership membership = new GroupMembership(clients::member, new GroupMembership.Owner() {
            @Override
            public void owns(Map<Integer, Long> committed) {
                coordinator.execute(it -> it.owns(committed, setup.nanos().getAsLong()));
                assignment.owns(committed.keySet());
            }

            @Override
            public Map<Integer, Long> done() {
                return coordinator.status().done();
            }
        });
        List<Thread> threads = List.of(
                startThread("engine-coordinator", coordinator),
                startThread("engine-commands", commandReader),
                startThread("engine-events", eventReader),
                startThread("engine-past-commands", past),
                startThread("engine-checkpoints", checkpointReader));
        String writer = "engine-checkpoint-writer";
        Thread.ofPlatform()
                .name(writer)
                .daemon()
                .start(required(writer, checkpointWriter, () -> isClosed() || checkpointWriter.isClosed()));
        parts = new Parts(
                producer,
                deadLetters,
                coordinator,
                List.of(commandReader, eventReader),
                health,
                new AppendProbe("engine-append-probe", health, appender::probe, required),
                Thread.ofVirtual()
                        .name("engine-assignment")
                        .start(required("engine-assignment", assignment, this::isClosed)),
                past,
                progress,
                checkpointReader,
                checkpointWriter,
                membership,
                startThread("engine-member", membership),
                threads);
        LOG.info("worker {} is at work, of {} partitions it reads {}", setup.workerId(), partitions, setup.tail());
    }

    private Thread startThread(String name, Runnable work) {
        return Thread.ofPlatform().name(name).start(required(name, work, this::isClosed));
    }

    private ReadScope scope(int partitions) {
        return switch (setup.tail()) {
            case ALL -> ReadScope.all(partitions);
            case OWN -> new OwnReadScope(clients.admin(), clients.group(), clients.memberId(), partitions);
        };
    }

    /** Each survey has a client of its own: there are few. */
    private Function<Set<Integer>, StartPositions> survey(CheckpointReader checkpoints) {
        return wanted -> {
            try (Consumer<String, byte[]> surveyor = clients.surveyor()) {
                return StartPositions.find(
                        surveyor,
                        wanted,
                        checkpoints.newest(),
                        setup.clock().instant().minus(setup.horizon()));
            }
        };
    }

    private void readCheckpoints(CheckpointReader checkpoints) throws InterruptedException {
        while (true) {
            try {
                checkpoints.readAll();
                return;
            } catch (InterruptException e) {
                throw new InterruptedException();
            } catch (KafkaException e) {
                LOG.warn("the checkpoints cannot be read yet, trying again: {}", e.toString());
            }
            if (closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new InterruptedException();
            }
        }
    }

    /** Starts what the coordinator wants started. */
    private final class Shell implements Coordinator.Effects {
        private final DeletionWriter deletions;
        private final DeadLetterPublisher deadLetters;
        private final WriterContext context;
        private final AtomicInteger questions = new AtomicInteger();
        private volatile long askedAt = System.nanoTime();
        private @Nullable CoordinatorLoop coordinator;
        private @Nullable ProjectionProgress progress;

        Shell(KafkaAppender appender, DeadLetterPublisher deadLetters, WriterContext context) {
            this.deletions = new DeletionWriter(
                    appender::deletion,
                    CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS),
                    (partition, deletion) -> onCoordinator(it -> it.deletionFailed(partition, deletion.session())));
            this.deadLetters = deadLetters;
            this.context = context;
        }

        void connect(CoordinatorLoop newDesk, ProjectionProgress newProgress) {
            coordinator = newDesk;
            progress = newProgress;
        }

        /** Whether the store was asked lately, or may be soon. */
        boolean needsStore() {
            return questions.get() > 0 || System.nanoTime() - askedAt < STORE_NEEDED.toNanos();
        }

        @Override
        public void ask(int partition, StreamId stream, long events) {
            askedAt = System.nanoTime();
            questions.incrementAndGet();
            Thread.ofVirtual().name("asks-store").start(() -> {
                StoreAnswer answer = answer(partition, stream, events);
                questions.decrementAndGet();
                onCoordinator(it ->
                        it.answered(partition, stream, answer, context.nanos().getAsLong()));
            });
        }

        private StoreAnswer answer(int partition, StreamId stream, long events) {
            ProjectionProgress known = progress;
            if (known == null || !known.hasReached(Map.of(partition, events))) {
                LATE.log(
                        "projection",
                        "Messages wait: the projection is behind offset {} of partition {} of {}, so the store may not know their ids yet. They start when it has caught up",
                        events,
                        partition,
                        Topics.EVENTS);
                return new StoreAnswer.Unknown();
            }
            try {
                return switch (context.archive().find(stream)) {
                    case Archive.Found.Nothing _ -> new StoreAnswer.New();
                    case Archive.Found.Deleted(long event) -> new StoreAnswer.Deleted(event);
                    case Archive.Found.Stream(var session, boolean over, long start) ->
                        over ? new StoreAnswer.Over(session) : new StoreAnswer.Unfinished(start);
                };
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new StoreAnswer.Unknown();
            } catch (RuntimeException e) {
                LATE.log(
                        "store",
                        "Messages wait: whether their ids are new, only the store can tell, and it does not answer ({}). They start when it does",
                        String.valueOf(e.getMessage()));
                return new StoreAnswer.Unknown();
            }
        }

        @Override
        public StreamWriter start(StreamTask task) {
            TAKEOVERS.log(task);
            StreamWriter writer = new StreamWriter(
                    task,
                    context,
                    done -> onCoordinator(it -> it.ended(done, context.nanos().getAsLong())));
            Thread.ofVirtual().name("stream-" + task.claim()).start(writer);
            return writer;
        }

        @Override
        public void delete(int partition, PartitionState.Deletion deletion) {
            deletions.write(partition, deletion);
        }

        @Override
        public void deadLetter(CommandRecord.Unreadable command) {
            int partition = command.partition();
            long offset = command.offset();
            LOG.warn("command {}@{} cannot be read: {}", partition, offset, command.reason());
            ConsumerRecord<String, byte[]> record = ((RecordDecoder.UnreadableCommand) command).record();
            deadLetters.publish(record, command.reason()).whenComplete((_, failure) -> {
                if (failure == null) {
                    onCoordinator(it -> it.deadLetterKept(partition, offset));
                } else {
                    LOG.error("command {}@{} was not kept", partition, offset, failure);
                    onCoordinator(it -> it.deadLetterFailed(partition, offset));
                }
            });
        }

        private void onCoordinator(java.util.function.Consumer<Coordinator> task) {
            CoordinatorLoop to = coordinator;
            if (to != null) {
                to.execute(task);
            }
        }
    }
}
