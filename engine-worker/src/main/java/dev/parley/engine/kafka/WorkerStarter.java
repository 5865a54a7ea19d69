package dev.parley.engine.kafka;

import dev.parley.engine.coordinator.Coordinator;
import dev.parley.engine.writer.WriterContext;
import dev.parley.schema.kafka.TopicSetup;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.repeats.IdHash;
import dev.parley.service.kafka.AppendHealth;
import dev.parley.service.kafka.AppendProbe;
import dev.parley.service.kafka.ReadHealth;
import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import dev.parley.service.startup.RequiredThreads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes and starts the parts of a worker, as soon as Kafka can be reached. */
final class WorkerStarter {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerStarter.class);
    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** A broker may be busy for a moment; this leaves enough of a lease to tell a silent worker from an unreachable one. */
    private static final int SILENCES_A_LEASE = 3;
    /** No broker may answer, or reading may fail, for so long before this worker is not ready. */
    private static final Duration READ_BOUND = Duration.ofSeconds(10);

    private final WorkerKafka clients;
    private final Worker.Setup setup;
    private final RequiredThreads required;
    private final CountDownLatch closed;

    /** @param closed is counted down when the worker closes */
    WorkerStarter(WorkerKafka clients, Worker.Setup setup, RequiredThreads required, CountDownLatch closed) {
        this.clients = clients;
        this.setup = setup;
        this.required = required;
        this.closed = closed;
    }

    /** @throws InterruptedException if the worker closes before Kafka can be reached */
    WorkerParts start() throws InterruptedException {
        int partitions = ensureTopics();
        CoordinatorInbox inbox = new CoordinatorInbox(setup.nanos());
        Producer<String, byte[]> producer = clients.producer();
        AppendHealth health =
                new AppendHealth(Topics.EVENTS, setup.nanos(), able -> inbox.execute(it -> it.canAppend(able)));
        KafkaAppender appender = new KafkaAppender(producer, setup.workerId(), health);
        DeadLetterPublisher deadLetters = clients.deadLetters();
        WriterContext context = setup.context().apply(appender);
        StoreLookup store = new StoreLookup(setup.store(), setup.projection().apply(clients), required);
        store.start();
        IdHash hash = new IdHash();
        CoordinatorLoop coordinator = new CoordinatorLoop(
                new Coordinator(
                        setup.coordinator().apply(partitions),
                        setup.decider(),
                        hash,
                        new CoordinatorEffects(inbox, context, store, appender, deadLetters),
                        setup.observer(),
                        setup.tokens()),
                inbox,
                setup.bounds(),
                setup.nanos());
        CheckpointReader checkpointReader = checkpointReader(inbox);
        List<LogReader> readers = List.of(commandReader(coordinator), eventReader(inbox));
        PastCommandReader past = new PastCommandReader(clients.pastCommands(), hash, inbox::execute);
        Assignment assignment =
                new Assignment(scope(partitions), survey(checkpointReader), readers, past, inbox, coordinator);
        CheckpointWriter checkpointWriter = new CheckpointWriter(
                setup.workerId(),
                () -> coordinator.status().checkpoints(),
                checkpointReader::newest,
                appender::checkpoint);
        GroupMembership membership = membership(inbox, coordinator, assignment);
        List<Thread> threads = List.of(
                startThread("engine-coordinator", coordinator),
                startThread("engine-commands", readers.getFirst()),
                startThread("engine-events", readers.getLast()),
                startThread("engine-past-commands", past),
                startThread("engine-checkpoints", checkpointReader));
        startCheckpointWriter(checkpointWriter);
        WorkerParts parts = new WorkerParts(
                inbox,
                coordinator,
                new WorkerParts.Appending(
                        producer,
                        health,
                        new AppendProbe("engine-append-probe", health, appender::probe, required),
                        deadLetters),
                new WorkerParts.Reading(readers, past, startAssignment(assignment)),
                new WorkerParts.Checkpoints(checkpointReader, checkpointWriter),
                new WorkerParts.Membership(membership, startThread("engine-member", membership)),
                store,
                threads);
        LOG.info("Worker {} has started; partitions: {}, it reads: {}", setup.workerId(), partitions, setup.tail());
        return parts;
    }

    private int ensureTopics() throws InterruptedException {
        while (true) {
            try (Admin admin = clients.admin()) {
                return TopicSetup.ensure(admin, setup.topics(), ADMIN_TIMEOUT);
            } catch (TimeoutException | KafkaException | IllegalStateException e) {
                LOG.warn("The topics cannot be looked up or created yet, trying again: {}", e.toString());
            }
            awaitRetry();
        }
    }

    private void awaitRetry() throws InterruptedException {
        if (closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new InterruptedException();
        }
    }

    private CheckpointReader checkpointReader(CoordinatorInbox inbox) throws InterruptedException {
        CheckpointReader reader = new CheckpointReader(
                clients.checkpointTail(),
                setup.workerId(),
                (partition, leftBy) -> inbox.execute(
                        it -> it.ownerLeft(partition, leftBy, setup.nanos().getAsLong())));
        while (true) {
            try {
                reader.readAll();
                return reader;
            } catch (InterruptException e) {
                throw new InterruptedException();
            } catch (KafkaException e) {
                LOG.warn("The checkpoints cannot be read yet, trying again: {}", e.toString());
            }
            awaitRetry();
        }
    }

    private LogReader commandReader(CoordinatorLoop coordinator) {
        Consumer<String, byte[]> consumer = clients.commandTail();
        return new LogReader(
                consumer,
                Topics.COMMANDS,
                new CommandListener(consumer, coordinator),
                readHealth(Topics.COMMANDS),
                setup.clock());
    }

    private LogReader eventReader(CoordinatorInbox inbox) {
        Consumer<String, byte[]> consumer = clients.eventTail();
        return new LogReader(
                consumer,
                Topics.EVENTS,
                new EventListener(consumer, inbox, clients.lease().dividedBy(SILENCES_A_LEASE), setup.nanos()),
                readHealth(Topics.EVENTS),
                setup.clock());
    }

    private ReadHealth readHealth(String topic) {
        return new ReadHealth(topic, READ_BOUND, setup.nanos());
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

    private GroupMembership membership(CoordinatorInbox inbox, CoordinatorLoop coordinator, Assignment assignment) {
        return new GroupMembership(clients::member, new GroupMembership.Owner() {
            @Override
            public void owns(Map<Integer, Long> committed) {
                inbox.execute(it -> it.owns(committed, setup.nanos().getAsLong()));
                assignment.owns(committed.keySet());
            }

            @Override
            public Map<Integer, Long> done() {
                return coordinator.status().done();
            }
        });
    }

    private Thread startThread(String name, Runnable work) {
        return Thread.ofPlatform().name(name).start(required(name, work, this::isClosed));
    }

    private Thread startAssignment(Assignment assignment) {
        String name = "engine-assignment";
        return Thread.ofVirtual().name(name).start(required(name, assignment, this::isClosed));
    }

    private void startCheckpointWriter(CheckpointWriter writer) {
        String name = "engine-checkpoint-writer";
        Thread.ofPlatform().name(name).daemon().start(required(name, writer, () -> isClosed() || writer.isClosed()));
    }

    private Runnable required(String name, Runnable work, BooleanSupplier mayEnd) {
        return required.required(name, work, mayEnd);
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }
}
