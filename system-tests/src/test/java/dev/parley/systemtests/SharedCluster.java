package dev.parley.systemtests;

import dev.parley.systemtests.setup.Cluster;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Two gateways, two workers and a projection on one broker and one store, started once for all test classes that use them. A test that
 * breaks something starts it again.
 */
final class SharedCluster implements BeforeAllCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(SharedCluster.class);

    @Override
    public void beforeAll(ExtensionContext context) throws InterruptedException {
        Cluster cluster = of(context);
        if (FaultTest.class.isAssignableFrom(context.getRequiredTestClass())
                && cluster.group().isEmpty()) {
            cluster.startAllButWorkers();
        } else {
            cluster.startAll();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Cluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return of(context);
    }

    /** JUnit closes it after the last test of the run. */
    private static Cluster of(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE).computeIfAbsent(Cluster.class, type -> start(), Cluster.class);
    }

    private static Cluster start() {
        try {
            return Cluster.builder().gateways(2).workers(2).start();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
