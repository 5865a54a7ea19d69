package dev.parley.systemtests.setup;

import dev.parley.systemtests.model.FakeModel;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.process.TcpProxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All services, the broker and the store, each in a process of its own. */
public final class Cluster implements Parley {

    private final ClusterProcesses processes;
    private final Node broker;
    private final Node store;
    private final List<Gateway> gateways;
    private final List<Node> workers;
    private final List<Node> projections;
    private final Map<String, String> workerChanges = new HashMap<>();
    private final AtomicInteger groups = new AtomicInteger();
    private @Nullable WorkerGroup group;

    /** How many processes of each service to start, and their settings beyond the default ones. */
    public static final class Builder {

        private int gateways = 1;
        private int workers = 1;
        private int projections = 1;
        private final Map<String, String> environment = new HashMap<>();

        public Builder gateways(int count) {
            gateways = count;
            return this;
        }

        public Builder workers(int count) {
            workers = count;
            return this;
        }

        public Builder projections(int count) {
            projections = count;
            return this;
        }

        /** For every service. */
        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** Returns when all are ready. */
        public Cluster start() throws InterruptedException {
            var cluster = new Cluster(this);
            try {
                cluster.startAll();
                return cluster;
            } catch (AssertionError | RuntimeException e) {
                cluster.close();
                throw e;
            }
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    private Cluster(Builder wanted) {
        processes = new ClusterProcesses(wanted.environment);
        broker = processes.broker();
        store = processes.store();
        gateways = nodes(wanted.gateways, processes::gateway);
        workers = new ArrayList<>(nodes(wanted.workers, processes::worker));
        projections = nodes(wanted.projections, processes::projection);
    }

    /** The broker alone. */
    public Node broker() {
        return broker;
    }

    /** The network to the broker, for processes that use it, see {@link #viaDetour}. */
    public TcpProxy detour() {
        return processes.detour();
    }

    /** Makes the process reach the broker through the {@link #detour}, from its next start on. */
    public void viaDetour(Node node) {
        node.set(processes.brokersAt(processes.detour().port()));
    }

    /** Makes the process reach the broker directly, from its next start on. */
    public void directly(Node node) {
        node.set(processes.brokersAt(processes.brokerPort()));
    }

    public Node store() {
        return store;
    }

    /** In the order of {@link #gateways()}. */
    public List<Node> gatewayNodes() {
        return gateways.stream().map(Gateway::node).toList();
    }

    /** The gateway at one of {@link #gateways()}. */
    public Gateway gatewayAt(URI address) {
        return gateways.stream()
                .filter(gateway -> gateway.address().equals(address))
                .findFirst()
                .orElseThrow();
    }

    /** One more gateway, with an empty hot window. It is not started; the caller starts and closes it. */
    public Gateway gatewayApart(List<String> jvmOptions) {
        return processes.gateway("gateway-apart", jvmOptions);
    }

    /** The workers. Each has its node's name as its id. */
    public List<Node> workers() {
        return List.copyOf(workers);
    }

    /** One more worker, which is not started. */
    public Node addWorker() {
        Node worker = processes.worker(workers.size() + 1);
        worker.set(workerChanges);
        workers.add(worker);
        return worker;
    }

    /** Ends it if it runs, and removes it. */
    public void removeWorker(Node worker) {
        workers.remove(worker);
        worker.close();
    }

    /**
     * Stops the workers, and starts some of them in a new consumer group with the broker's default time-outs. The old group may have dead
     * members, which own their partitions until their sessions end.
     *
     * <p>Returns when each worker has partitions.
     *
     * @param environment for all workers until the next call
     */
    public void regroup(List<Node> started, Map<String, String> environment) throws InterruptedException {
        List<Node> alive = workers.stream().filter(Node::isAlive).toList();
        Node.terminateAll(alive, LEAVES_WITHIN);
        var fresh = new WorkerGroup(bootstrapServers(), "engine-" + groups.incrementAndGet());
        fresh.keepTheBrokersDefaults();
        workerChanges.keySet().forEach(name -> workers.forEach(worker -> worker.unset(name)));
        workerChanges.clear();
        workerChanges.putAll(environment);
        workerChanges.put("PARLEY_ENGINE_GROUP", fresh.name());
        workers.forEach(worker -> worker.set(workerChanges));
        started.forEach(Node::start);
        for (Node worker : started) {
            worker.awaitReady();
        }
        fresh.awaitOwners(started.size());
        group = fresh;
    }

    /** Marks the workers as changed: the next test must {@link #regroup} them. */
    public void disband() {
        group = null;
    }

    /** Starts all processes that do not run, except the workers, for a caller that then calls {@link #regroup}. */
    public void startAllButWorkers() throws InterruptedException {
        Parley.start(nodes().stream().filter(node -> !workers.contains(node)).toList());
    }

    /** The group of the last {@link #regroup}, unless {@link #disband} was called. */
    public Optional<WorkerGroup> group() {
        return Optional.ofNullable(group);
    }

    public List<Node> projections() {
        return projections;
    }

    @Override
    public List<URI> gateways() {
        return gateways.stream().map(Gateway::address).toList();
    }

    @Override
    public String bootstrapServers() {
        return processes.bootstrapServers();
    }

    @Override
    public String mongoUri() {
        return processes.mongoUri();
    }

    @Override
    public FakeModel model() {
        return processes.model();
    }

    @Override
    public List<Node> nodes() {
        return Stream.of(List.of(broker, store), projections, workers, gatewayNodes())
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public void close() {
        nodes().reversed().forEach(Node::close);
        processes.close();
    }

    private static <T> List<T> nodes(int count, IntFunction<T> make) {
        return IntStream.rangeClosed(1, count).mapToObj(make).toList();
    }
}
