package dev.parley.systemtests.setup;

import dev.parley.embedded.EmbeddedMain;
import dev.parley.systemtests.model.FakeModel;
import dev.parley.systemtests.process.FreePort;
import dev.parley.systemtests.process.Jars;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.process.Probe;
import dev.parley.systemtests.process.TcpProxy;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Defines the processes of a {@link Cluster}: what each is started with. It starts none of them. */
final class ClusterProcesses implements AutoCloseable {

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

    /** @param changes environment of every service beyond the default one */
    ClusterProcesses(Map<String, String> changes) {
        this.changes = changes;
    }

    int brokerPort() {
        return brokerPort;
    }

    TcpProxy detour() {
        return detour;
    }

    FakeModel model() {
        return model;
    }

    String bootstrapServers() {
        return "127.0.0.1:" + brokerPort;
    }

    String mongoUri() {
        return "mongodb://127.0.0.1:" + storePort + "/parley";
    }

    /** The environment of a service that reaches the broker at this port. */
    Map<String, String> brokersAt(int port) {
        return Map.of("SPRING_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + port);
    }

    Node broker() {
        return backend("kafka", brokerPort, BROKER_HEAP_MIB, "{\"bootstrap_servers\":", listeners());
    }

    Node store() {
        return backend("store", storePort, STORE_HEAP_MIB, "{\"mongo_uri\":");
    }

    Gateway gateway(int number) {
        return gateway("gateway-" + number, Settings.jvm(SERVICE_HEAP_MIB, TURKISH));
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

    Gateway gateway(String name, List<String> jvmOptions) {
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

    Node worker(int number) {
        int port = FreePort.next();
        return service(
                "engine-worker",
                "engine-worker-" + number,
                port,
                Settings.jvm(WORKER_HEAP_MIB, EGYPTIAN),
                Map.of("SERVER_PORT", Integer.toString(port), "PARLEY_ENGINE_WORKER_ID", "engine-worker-" + number));
    }

    Node projection(int number) {
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
        environment.putAll(brokersAt(brokerPort));
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

    /** Closes what the processes use. They must have ended. */
    @Override
    public void close() {
        detour.close();
        model.close();
        workspace.deleteData();
    }
}
