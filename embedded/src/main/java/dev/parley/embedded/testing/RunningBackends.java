package dev.parley.embedded.testing;

/**
 * A broker and a store that run, and how to end them.
 *
 * @param described one line for whoever reads the test's output
 */
record RunningBackends(Backends backends, String described, Runnable end) implements AutoCloseable {

    @Override
    public void close() {
        end.run();
    }
}
