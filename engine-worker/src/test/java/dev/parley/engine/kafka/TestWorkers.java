package dev.parley.engine.kafka;

import dev.parley.engine.coordinator.CoordinatorSettings;
import dev.parley.engine.coordinator.StoreAnswer;
import dev.parley.engine.coordinator.StreamStore;
import dev.parley.engine.metrics.EngineMetrics;
import dev.parley.engine.state.Decider;
import dev.parley.engine.state.DecisionSettings;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.stream.Limits;
import dev.parley.engine.stream.WriterSettings;
import dev.parley.engine.writer.WriterContext;
import dev.parley.prompt.PastTurn;
import dev.parley.prompt.assembly.ContextSettings;
import dev.parley.prompt.assembly.ConversationPrompts;
import dev.parley.prompt.assembly.History;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.service.kafka.BrokerClock;
import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.KafkaConnection;
import dev.parley.service.trace.Traces;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/** Workers of one group on the test's broker, each with a model of its own. */
final class TestWorkers {
    static final Duration LEASE = Duration.ofMillis(1_500);

    private static final Duration LOOK = Duration.ofMillis(20);
    static final int MAX_STREAMS = 3;
    private static final Worker.Bounds AMPLE = new Worker.Bounds(10_000, 1_000_000);

    private final String bootstrapServers;
    private final String groupProtocol;
    private final String group = "engine-" + UUID.randomUUID();
    private final List<Member> members = new ArrayList<>();

    /** How often a member asks for its assignment; the least that the broker allows, because most tests only wait for that. */
    private int heartbeatMs = 200;

    /** More than all tests need: they share the broker, and every new group reads the commands of all. */
    static final KnownHistory HISTORY = new KnownHistory();

    /** The store of all workers. */
    static final class KnownHistory implements History, StreamStore {
        final List<PastTurn> turns = new CopyOnWriteArrayList<>();

        @Override
        public List<PastTurn> newest(SessionKey session, int limit) {
            return turns.stream()
                    .filter(turn -> turn.id().user().equals(session.user()))
                    .toList();
        }

        @Override
        public StoreAnswer find(StreamId stream) {
            return turns.stream().anyMatch(turn -> turn.id().equals(stream))
                    ? new StoreAnswer.Over(new SessionKey(stream.user(), new SessionId("of-old")))
                    : new StoreAnswer.New();
        }
    }

    /** The monotonic clock of a coordinator. While it is stopped, the worker's status is not published. */
    static final class CoordinatorClock implements LongSupplier {
        private volatile @Nullable Long stoodAt;

        void stand() {
            stoodAt = System.nanoTime();
        }

        @Override
        public long getAsLong() {
            Long stood = stoodAt;
            return stood == null ? System.nanoTime() : stood;
        }
    }

    record Member(String id, Worker worker, FakeModel model, SimpleMeterRegistry meters, CoordinatorClock clock) {

        /** Waits until the metric has this number of stops. */
        void awaitStopLatencies(long count) throws InterruptedException {
            Timer latency = meters.get("parley.engine.stop.latency").timer();
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (latency.count() != count) {
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError("measured stops: " + latency.count());
                }
                Thread.sleep(LOOK); // polls a counted observation within a bound
            }
        }
    }

    /** The projection is never behind. */
    private static Map<Integer, Long> allIsWritten() {
        Map<Integer, Long> positions = new HashMap<>();
        for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
            positions.put(partition, Long.MAX_VALUE);
        }
        return positions;
    }

    TestWorkers(String bootstrapServers) {
        this(bootstrapServers, "consumer");
    }

    TestWorkers(String bootstrapServers, String groupProtocol) {
        this.bootstrapServers = bootstrapServers;
        this.groupProtocol = groupProtocol;
    }

    /** With the heartbeat that brokers have by default. */
    TestWorkers withDefaultHeartbeats() {
        heartbeatMs = 1_000;
        return this;
    }

    Member start() throws InterruptedException {
        return start(LEASE, true, 100);
    }

    Member start(Duration lease, boolean resume, int maxRunning) throws InterruptedException {
        return start(lease, resume, maxRunning, AMPLE, Worker.Tail.ALL);
    }

    Member start(Worker.Bounds bounds) throws InterruptedException {
        return start(LEASE, true, 100, bounds, Worker.Tail.ALL);
    }

    Member start(Worker.Tail tail) throws InterruptedException {
        return start(LEASE, true, 100, AMPLE, tail);
    }

    private Member start(Duration lease, boolean resume, int maxRunning, Worker.Bounds bounds, Worker.Tail tail)
            throws InterruptedException {
        if (members.isEmpty() && groupProtocol.equals("consumer")) {
            setHeartbeat();
        }
        String id = "w" + members.size() + "-" + group.substring(7, 11);
        FakeModel model = new FakeModel();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        CoordinatorClock clock = new CoordinatorClock();
        EngineMetrics metrics = new EngineMetrics(meters);
        ConversationPrompts conversation = new ConversationPrompts(
                new ContextSettings("Be kind.", 10, 4_000, Duration.ofMillis(300)), HISTORY, System::nanoTime);
        Worker worker = new Worker(
                new WorkerKafka(
                        id,
                        group,
                        groupProtocol,
                        lease,
                        KafkaClients.measured(
                                KafkaConnection.same(
                                        Map.of("bootstrap.servers", bootstrapServers, "fetch.max.wait.ms", 20)),
                                meters)),
                new Worker.Setup(
                        id,
                        new TopicSettings(TestLog.PARTITIONS, (short) 1),
                        partitions -> new CoordinatorSettings(
                                id,
                                maxRunning,
                                Duration.ofSeconds(5),
                                4,
                                lease,
                                lease.dividedBy(3),
                                100_000,
                                new PartitionState.Bounds(1_000_000, 20, 1_000, 100, Duration.ofMinutes(1), lease)),
                        new Decider(new DecisionSettings(
                                lease,
                                Duration.ofSeconds(1),
                                Duration.ofMillis(100),
                                Duration.ofMillis(25),
                                5,
                                resume,
                                MAX_STREAMS)),
                        appender -> new WriterContext(
                                id,
                                appender,
                                model,
                                conversation,
                                new WriterSettings(
                                        lease, Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofMinutes(1)),
                                Limits.DEFAULT,
                                metrics,
                                Traces.notExported(),
                                InstantSource.system(),
                                System::nanoTime,
                                () -> UUID.randomUUID().toString()),
                        HISTORY,
                        metrics,
                        tail,
                        Duration.ofMinutes(2),
                        bounds,
                        _ -> TestWorkers::allIsWritten,
                        () -> UUID.randomUUID().toString().substring(0, 8),
                        new BrokerClock(InstantSource.system(), System::nanoTime),
                        clock));
        worker.start();
        Member member = new Member(id, worker, model, meters, clock);
        members.add(member);
        awaitReady(worker);
        return member;
    }

    private void setHeartbeat() throws InterruptedException {
        AlterConfigOp heartbeat = new AlterConfigOp(
                new ConfigEntry("consumer.heartbeat.interval.ms", Integer.toString(heartbeatMs)),
                AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.incrementalAlterConfigs(
                            Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), List.of(heartbeat)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the group cannot be set up", e);
        }
    }

    /** The member whose model is asked first. */
    Member awaitFirstAsked() throws InterruptedException {
        return awaitAskedBesides();
    }

    /** The first other member whose model is asked. */
    Member awaitAskedBesides(Member... known) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() - deadline < 0) {
            for (Member member : members) {
                if (member.model().calls() > 0 && !List.of(known).contains(member)) {
                    return member;
                }
            }
            Thread.sleep(LOOK); // polls a counted observation within a bound
        }
        throw new AssertionError("no model was asked");
    }

    /** Waits until the living members together read this number of partitions. */
    void awaitRead(int partitions) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (members.stream()
                        .mapToInt(member -> member.worker().readPartitions())
                        .sum()
                != partitions) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("partitions read: "
                        + members.stream()
                                .map(member -> member.worker().readPartitions())
                                .toList());
            }
            Thread.sleep(LOOK); // polls a counted observation within a bound
        }
    }

    void closeQuietly(Member member, Duration drainTimeout) {
        try {
            member.worker().close(drainTimeout);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitReady(Worker worker) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!worker.isReady()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("the worker is not ready");
            }
            Thread.sleep(LOOK); // polls a counted observation within a bound
        }
    }

    void close() throws InterruptedException {
        for (Member member : members) {
            member.worker().close(Duration.ZERO);
        }
    }
}
