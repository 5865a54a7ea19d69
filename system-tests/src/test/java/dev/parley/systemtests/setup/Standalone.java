package dev.parley.systemtests.setup;

import dev.parley.systemtests.model.FakeModel;
import dev.parley.systemtests.process.FreePort;
import dev.parley.systemtests.process.Jars;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.process.Probe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** All services in one process, as the first command of the README starts them. */
public final class Standalone implements Parley {

    private static final int HEAP_MIB = 512;

    private final Workspace workspace = Workspace.create("standalone");
    private final FakeModel model = FakeModel.start();
    private final int port = FreePort.next();
    private final Node node;

    private Standalone() {
        node = new Node(
                "standalone",
                workspace.folder(),
                Settings.jvm(HEAP_MIB),
                Jars.jar("standalone"),
                Settings.with(
                        model,
                        Map.of(
                                "SERVER_PORT", Integer.toString(port),
                                "PARLEY_DATA_DIR",
                                        workspace.data().toAbsolutePath().toString())),
                Probe.health(http().resolve("/actuator/health/readiness")));
    }

    /** Returns when it is ready. */
    public static Standalone start() throws InterruptedException {
        var standalone = new Standalone();
        try {
            standalone.startAll();
            return standalone;
        } catch (AssertionError | RuntimeException e) {
            standalone.close();
            throw e;
        }
    }

    public URI http() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public List<URI> gateways() {
        return List.of(URI.create("ws://127.0.0.1:" + port));
    }

    @Override
    public String bootstrapServers() {
        return "127.0.0.1:" + keptPort("kafka");
    }

    @Override
    public String mongoUri() {
        return "mongodb://127.0.0.1:" + keptPort("store") + "/parley";
    }

    @Override
    public FakeModel model() {
        return model;
    }

    @Override
    public List<Node> nodes() {
        return List.of(node);
    }

    /** SIGTERM. */
    public void terminate() throws InterruptedException {
        node.terminate(LEAVES_WITHIN);
    }

    @Override
    public void close() {
        node.close();
        model.close();
        workspace.deleteData();
    }

    /** The embedded broker and store keep their ports in their folders. */
    private String keptPort(String part) {
        try {
            return Files.readString(workspace.data().resolve(part).resolve("port"))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
