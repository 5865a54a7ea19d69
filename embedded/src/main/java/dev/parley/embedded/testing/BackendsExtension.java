package dev.parley.embedded.testing;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Implements {@link WithBackends}. */
public final class BackendsExtension implements BeforeAllCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(BackendsExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        SharedBackends.get();
        context.getRoot().getStore(NAMESPACE).computeIfAbsent(Closer.class, key -> new Closer(), Closer.class);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Backends.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return SharedBackends.get();
    }

    /** JUnit closes it after the last test of the run. */
    private record Closer() implements AutoCloseable {
        @Override
        public void close() {
            SharedBackends.close();
        }
    }
}
