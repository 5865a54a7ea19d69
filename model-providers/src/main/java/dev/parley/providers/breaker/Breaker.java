package dev.parley.providers.breaker;

import dev.parley.providers.ProviderException.Kind;
import java.util.Optional;

/** The circuit breaker of a service: while the service fails, calls to it are not made. Thread-safe; never waits. */
public interface Breaker {
    /** For a service that needs no circuit breaker. */
    Breaker NONE = new Breaker() {
        @Override
        public Optional<Permit> tryAcquire() {
            return Optional.of(Permit.UNCOUNTED);
        }

        @Override
        public State state() {
            return State.CLOSED;
        }
    };

    /** Whether calls are made. */
    enum State {
        CLOSED,
        /** A few are, to find out whether the service works again. */
        HALF_OPEN,
        OPEN
    }

    /** Empty if the service must not be called now. */
    Optional<Permit> tryAcquire();

    /** The state after the last call: an open breaker stays {@code OPEN} until the first call after its time. */
    State state();

    /** The permission for one call. Used by one thread at a time. */
    interface Permit extends AutoCloseable {
        /** A call whose outcome does not matter. */
        Permit UNCOUNTED = new Permit() {
            @Override
            public void answered() {}

            @Override
            public void failed(Kind kind) {}

            @Override
            public void close() {}
        };

        /** The first word has come, so the service works. Called then and not at the end, which may be minutes away. */
        void answered();

        /** The call failed, before its first word or after it. */
        void failed(Kind kind);

        /** The call has ended. One that neither answered nor failed does not count. */
        @Override
        void close();
    }
}
