package dev.parley.embedded.testing;

/**
 * A running broker and store, and how to stop them.
 *
 * @param described one line for the output of the test run
 */
record RunningBackends(Backends backends, String described, Runnable end) implements AutoCloseable {

    @Override
    public void close() {
        end.run();
    }
}
