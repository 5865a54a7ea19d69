package dev.parley.systemtests.setup;

import dev.parley.embedded.EmbeddedMain;
import dev.parley.systemtests.model.FakeModel;
import dev.parley.systemtests.process.FreePort;
import dev.parley.systemtests.process.Jars;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.process.Probe;
import dev.parley.systemtests.process.TcpProxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All services, the broker and the store, each in a process of its own. */
public final class Cluster implements Parley {

    private static final String BROKERS = "SPRING_KAFKA_BOOTSTRAP_SERVERS";
    private static final int BROKER_HEAP_MIB = 320;
    private static final int STORE_HEAP_MIB = 192;
    private static final int SERVICE_HEAP_MIB = 224;
    /** Two workers run the 1,000 streams of the long forms at once, and the number of streams of a worker follows from its heap. */
    private static final int WORKER_HEAP_MIB = 288;

    private static final Locale TURKISH = Locale.of("tr", "TR");
    private static final Locale EGYPTIAN = Locale.of("ar", "EG");
    private static final Locale PERSIAN = Locale.of("fa", "IR");

    private final Workspace workspace = Workspace.create("cluster");
    private final FakeModel model = FakeModel.start();
    private final int brokerPort = FreePort.next();
    private final int storePort = FreePort.next();
    private final int detourPort = FreePort.next();
    private final int controllerPort = FreePort.next();
    private final TcpProxy detour = TcpProxy.start(FreePort.next(), detourPort);
    private final Map<String, String> changes;
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
        changes = wanted.environment;
        broker = backend("kafka", brokerPort, BROKER_HEAP_MIB, "{\"bootstrap_servers\":", listeners());
        store = backend("store", storePort, STORE_HEAP_MIB, "{\"mongo_uri\":");
        gateways =
                nodes(wanted.gateways, number -> gateway("gateway-" + number, Settings.jvm(SERVICE_HEAP_MIB, TURKISH)));
        workers = new ArrayList<>(nodes(wanted.workers, this::worker));
        projections = nodes(wanted.projections, this::projection);
    }

    /** The broker alone. */
    public Node broker() {
        return broker;
    }

    /** The network to the broker, for processes that use it, see {@link #viaDetour}. */
    public TcpProxy detour() {
        return detour;
    }

    /** Makes the process reach the broker through the {@link #detour}, from its next start on. */
    public void viaDetour(Node node) {
        node.set(Map.of(BROKERS, "127.0.0.1:" + detour.port()));
    }

    /** Makes the process reach the broker directly, from its next start on. */
    public void directly(Node node) {
        node.set(Map.of(BROKERS, bootstrapServers()));
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
        return gateway("gateway-apart", jvmOptions);
    }

    /** The workers. Each has its node's name as its id. */
    public List<Node> workers() {
        return List.copyOf(workers);
    }

    /** One more worker, which is not started. */
    public Node addWorker() {
        Node worker = worker(workers.size() + 1);
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
        return "127.0.0.1:" + brokerPort;
    }

    @Override
    public String mongoUri() {
        return "mongodb://127.0.0.1:" + storePort + "/parley";
    }

    @Override
    public FakeModel model() {
        return model;
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
        detour.close();
        model.close();
        workspace.deleteData();
    }

    /**
     * The broker has a second listener, whose address is that of the proxy, so that all connections of a client that starts there go
     * through the proxy.
     */
    private String[] listeners() {
        String listeners = "PLAINTEXT://127.0.0.1:%d,DETOUR://127.0.0.1:%d";
        return new String[] {
            "listeners=" + listeners.formatted(brokerPort, detourPort) + ",CONTROLLER://127.0.0.1:" + controllerPort,
            "advertised.listeners=" + listeners.formatted(brokerPort, detour.port()),
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,DETOUR:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.quorum.voters=1@127.0.0.1:" + controllerPort
        };
    }

    private Node backend(String what, int port, int heapMiB, String readyLine, String... more) {
        return new Node(
                what,
                workspace.folder(),
                Settings.jvm(heapMiB, TURKISH),
                Stream.of(
                                Jars.main(EmbeddedMain.class).stream(),
                                Stream.of(what, workspace.data().resolve(what).toString(), Integer.toString(port)),
                                Stream.of(more))
                        .flatMap(Function.identity())
                        .toList(),
                Map.of(),
                Probe.saying(readyLine));
    }

    private Gateway gateway(String name, List<String> jvmOptions) {
        int port = FreePort.next();
        int management = FreePort.next();
        Node node = service(
                "gateway",
                name,
                management,
                jvmOptions,
                Map.of(
                        "SERVER_PORT", Integer.toString(port),
                        "MANAGEMENT_SERVER_PORT", Integer.toString(management)));
        return new Gateway(node, URI.create("ws://127.0.0.1:" + port), URI.create("http://127.0.0.1:" + management));
    }

    private Node worker(int number) {
        int port = FreePort.next();
        return service(
                "engine-worker",
                "engine-worker-" + number,
                port,
                Settings.jvm(WORKER_HEAP_MIB, EGYPTIAN),
                Map.of("SERVER_PORT", Integer.toString(port), "PARLEY_ENGINE_WORKER_ID", "engine-worker-" + number));
    }

    private Node projection(int number) {
        int port = FreePort.next();
        return service(
                "projection",
                "projection-" + number,
                port,
                Settings.jvm(SERVICE_HEAP_MIB, PERSIAN),
                Map.of("SERVER_PORT", Integer.toString(port)));
    }

    private Node service(String module, String name, int healthPort, List<String> jvmOptions, Map<String, String> own) {
        Map<String, String> environment = Settings.with(model, changes);
        environment.put(BROKERS, bootstrapServers());
        environment.put("MONGODB_URI", mongoUri());
        environment.putAll(own);
        return new Node(
                name,
                workspace.folder(),
                jvmOptions,
                Jars.unpacked(module, Settings.jvm(SERVICE_HEAP_MIB)),
                environment,
                Probe.health(URI.create("http://127.0.0.1:" + healthPort + "/actuator/health/readiness")));
    }

    private static <T> List<T> nodes(int count, IntFunction<T> make) {
        return IntStream.rangeClosed(1, count).mapToObj(make).toList();
    }
}
