package dev.parley.systemtests.setup;

import dev.parley.systemtests.model.FakeModel;
import dev.parley.systemtests.process.Node;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** A running Parley, whatever processes it has. */
public interface Parley extends AutoCloseable {

    /** How long a process may take to shut down. */
    Duration LEAVES_WITHIN = Duration.ofSeconds(30);

    /** The gateways, at least one, such as {@code ws://127.0.0.1:8080}. */
    List<URI> gateways();

    String bootstrapServers();

    /** The address of the store with the name of the database. */
    String mongoUri();

    /** The model service behind provider {@code openai}. It is not part of Parley, and keeps running when Parley is restarted. */
    FakeModel model();

    /** All processes; the broker and the store first, if they are processes of their own. */
    List<Node> nodes();

    /** Kills all processes at once with SIGKILL. */
    default void killAll() throws InterruptedException {
        for (Node node : nodes()) {
            node.kill();
        }
    }

    /** Starts all processes that do not run, in parallel, and returns when all are ready. */
    default void startAll() throws InterruptedException {
        start(nodes());
    }

    /** Starts those of these processes that do not run, in parallel, and returns when all are ready. */
    static void start(List<Node> nodes) throws InterruptedException {
        List<Node> dead = nodes.stream().filter(node -> !node.isAlive()).toList();
        dead.forEach(Node::start);
        for (Node node : dead) {
            node.awaitReady();
        }
    }

    @Override
    void close();
}
