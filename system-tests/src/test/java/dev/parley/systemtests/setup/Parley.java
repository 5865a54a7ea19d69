package dev.parley.systemtests.setup;

import dev.parley.systemtests.model.FakeModel;
import dev.parley.systemtests.process.Node;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** A Parley that runs in processes of its own, however it is set up. */
public interface Parley extends AutoCloseable {

    /** How long a process may take to leave by itself. */
    Duration LEAVES_WITHIN = Duration.ofSeconds(30);

    /** At least one, such as {@code ws://127.0.0.1:8080}. */
    List<URI> gateways();

    String bootstrapServers();

    /** With the name of the database. */
    String mongoUri();

    /** What answers as provider {@code openai}. It is no part of Parley, and outlives a restart. */
    FakeModel model();

    /** All processes, the broker and the store first if they are processes of their own. */
    List<Node> nodes();

    /** kill -9 of everything at once. */
    default void killAll() throws InterruptedException {
        for (Node node : nodes()) {
            node.kill();
        }
    }

    /** Starts what does not run, side by side, and returns when all is ready. */
    default void startAll() throws InterruptedException {
        start(nodes());
    }

    /** Starts what does not run of these, side by side, and returns when it is ready. */
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
