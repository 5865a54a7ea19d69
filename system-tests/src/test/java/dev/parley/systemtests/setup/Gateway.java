package dev.parley.systemtests.setup;

import dev.parley.systemtests.process.Node;
import java.net.URI;

/**
 * One gateway, and where it listens.
 *
 * @param address such as {@code ws://127.0.0.1:8080}
 * @param management health and metrics, such as {@code http://127.0.0.1:9080}
 */
public record Gateway(Node node, URI address, URI management) implements AutoCloseable {

    @Override
    public void close() {
        node.close();
    }
}
